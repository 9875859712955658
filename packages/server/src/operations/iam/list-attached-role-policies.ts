import { onRole } from '../on-role.ts'
import { attachedPolicies } from './attachments.ts'

export const listAttachedRolePolicies = onRole({
  name: 'ListAttachedRolePolicies',
  summary: 'Lists the managed policies that a role has.',
  async handle({ input, subject: { role }, parts }) {
    return attachedPolicies(role.value, input, parts)
  },
})
