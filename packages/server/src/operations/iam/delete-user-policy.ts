import { onUser } from '../on-user.ts'
import { boundaryFacts } from './boundary.ts'
import { deleteInlinePolicy } from './inline-policies.ts'

export const deleteUserPolicy = onUser({
  name: 'DeleteUserPolicy',
  summary: 'Takes an identity policy out of a user.',
  facts: (_input, user) => boundaryFacts(user?.boundary),
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    await deleteInlinePolicy('user', user.value, input.PolicyName, { catalog, changes })
    return {}
  },
})
