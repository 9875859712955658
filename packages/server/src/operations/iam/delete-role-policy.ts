import { onRole, requireModifiable } from '../on-role.ts'
import { boundaryFacts } from './boundary.ts'
import { deleteInlinePolicy } from './inline-policies.ts'

export const deleteRolePolicy = onRole({
  name: 'DeleteRolePolicy',
  summary: 'Takes an identity policy out of a role.',
  facts: (_input, role) => boundaryFacts(role?.boundary),
  require: requireModifiable,
  async handle({ input, subject: { role }, parts: { catalog }, changes }) {
    await deleteInlinePolicy('role', role.value, input.PolicyName, { catalog, changes })
    return {}
  },
})
