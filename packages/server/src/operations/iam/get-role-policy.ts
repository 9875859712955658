import { onRole } from '../on-role.ts'
import { getInlinePolicy } from './inline-policies.ts'

export const getRolePolicy = onRole({
  name: 'GetRolePolicy',
  summary: 'Shows an identity policy of a role, URL-encoded as IAM does.',
  async handle({ input, subject: { role }, parts: { catalog } }) {
    const { value } = await getInlinePolicy('role', role.value, input.PolicyName, catalog)
    return {
      RoleName: role.value.name,
      PolicyName: value.name,
      PolicyDocument: encodeURIComponent(value.text),
    }
  },
})
