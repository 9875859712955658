import { onGroup } from '../on-group.ts'
import { attachPolicy, checkPolicyArn, policyFacts } from './attachments.ts'

export const attachGroupPolicy = onGroup({
  name: 'AttachGroupPolicy',
  summary: 'Gives a group a managed policy.',
  check: checkPolicyArn,
  facts: policyFacts,
  async handle({ input, subject: { group }, parts, changes }) {
    await attachPolicy(group.value, 'PoliciesPerGroup', { input, parts, changes })
    // The group must still be there, with as many policies as were counted.
    changes.replace('group', group, group.value)
    return {}
  },
})
