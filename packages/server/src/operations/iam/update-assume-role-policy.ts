import { checkTrustPolicy, readTrustPolicy } from '../../access/trust-policy.ts'
import { onRole, requireModifiable } from '../on-role.ts'

export const updateAssumeRolePolicy = onRole({
  name: 'UpdateAssumeRolePolicy',
  summary: 'Changes who may assume a role.',
  check: ({ PolicyDocument }) => checkTrustPolicy(PolicyDocument),
  require: requireModifiable,
  async handle({ input, subject: { role }, parts: { catalog, limits }, changes }) {
    const { account } = role.value
    const trustPolicy = await readTrustPolicy(input.PolicyDocument, { account, limits }, catalog)
    changes.replace('role', role, { ...role.value, trustPolicy })
    return {}
  },
})
