import { onGroup } from '../on-group.ts'
import { checkInlinePolicy, putInlinePolicy } from './inline-policies.ts'

export const putGroupPolicy = onGroup({
  name: 'PutGroupPolicy',
  summary: 'Writes an identity policy into a group, in place of one with the same name.',
  check: checkInlinePolicy,
  async handle({ input, subject: { group }, parts: { catalog }, changes }) {
    await putInlinePolicy('group', group.value, { input, catalog, changes })
    // The group must still be there, and the sizes of its policies together what they were.
    changes.replace('group', group, group.value)
    return {}
  },
})
