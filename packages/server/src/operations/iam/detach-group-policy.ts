import { onGroup } from '../on-group.ts'
import { checkPolicyArn, detachPolicy, policyFacts } from './attachments.ts'

export const detachGroupPolicy = onGroup({
  name: 'DetachGroupPolicy',
  summary: 'Takes a managed policy from a group.',
  check: checkPolicyArn,
  facts: policyFacts,
  async handle({ input, subject: { group }, parts, changes }) {
    await detachPolicy(group.value, { input, parts, changes })
    return {}
  },
})
