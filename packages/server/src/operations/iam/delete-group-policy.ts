import { onGroup } from '../on-group.ts'
import { deleteInlinePolicy } from './inline-policies.ts'

export const deleteGroupPolicy = onGroup({
  name: 'DeleteGroupPolicy',
  summary: 'Takes an identity policy out of a group.',
  async handle({ input, subject: { group }, parts: { catalog }, changes }) {
    await deleteInlinePolicy('group', group.value, input.PolicyName, { catalog, changes })
    return {}
  },
})
