import { onRole, requireModifiable } from '../on-role.ts'
import { attachPolicy, checkPolicyArn, policyFacts } from './attachments.ts'
import { boundaryFacts } from './boundary.ts'

export const attachRolePolicy = onRole({
  name: 'AttachRolePolicy',
  summary: 'Gives a role a managed policy.',
  check: checkPolicyArn,
  facts: (input, role) => ({ ...policyFacts(input), ...boundaryFacts(role?.boundary) }),
  require: requireModifiable,
  async handle({ input, subject: { role }, parts, changes }) {
    await attachPolicy(role.value, 'PoliciesPerRole', { input, parts, changes })
    // The role must still be there, with as many policies as were counted.
    changes.replace('role', role, role.value)
    return {}
  },
})
