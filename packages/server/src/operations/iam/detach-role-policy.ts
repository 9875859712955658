import { onRole, requireModifiable } from '../on-role.ts'
import { checkPolicyArn, detachPolicy, policyFacts } from './attachments.ts'
import { boundaryFacts } from './boundary.ts'

export const detachRolePolicy = onRole({
  name: 'DetachRolePolicy',
  summary: 'Takes a managed policy from a role.',
  check: checkPolicyArn,
  facts: (input, role) => ({ ...policyFacts(input), ...boundaryFacts(role?.boundary) }),
  require: requireModifiable,
  async handle({ input, subject: { role }, parts, changes }) {
    await detachPolicy(role.value, { input, parts, changes })
    return {}
  },
})
