import { onUser } from '../on-user.ts'
import { boundaryFacts } from './boundary.ts'
import { checkInlinePolicy, putInlinePolicy } from './inline-policies.ts'

export const putUserPolicy = onUser({
  name: 'PutUserPolicy',
  summary: 'Writes an identity policy into a user, in place of one with the same name.',
  check: checkInlinePolicy,
  facts: (_input, user) => boundaryFacts(user?.boundary),
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    await putInlinePolicy('user', user.value, { input, catalog, changes })
    // The user must still be there, and the sizes of its policies together what they were.
    changes.replace('user', user, user.value)
    return {}
  },
})
