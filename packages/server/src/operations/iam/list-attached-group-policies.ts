import { onGroup } from '../on-group.ts'
import { attachedPolicies } from './attachments.ts'

export const listAttachedGroupPolicies = onGroup({
  name: 'ListAttachedGroupPolicies',
  summary: 'Lists the managed policies that a group has.',
  async handle({ input, subject: { group }, parts }) {
    return attachedPolicies(group.value, input, parts)
  },
})
