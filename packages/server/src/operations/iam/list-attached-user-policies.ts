import { onUser } from '../on-user.ts'
import { attachedPolicies } from './attachments.ts'

export const listAttachedUserPolicies = onUser({
  name: 'ListAttachedUserPolicies',
  summary: 'Lists the managed policies that a user has.',
  async handle({ input, subject: { user }, parts }) {
    return attachedPolicies(user.value, input, parts)
  },
})
