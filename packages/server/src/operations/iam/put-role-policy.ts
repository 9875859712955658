import { onRole, requireModifiable } from '../on-role.ts'
import { boundaryFacts } from './boundary.ts'
import { checkInlinePolicy, putInlinePolicy } from './inline-policies.ts'

export const putRolePolicy = onRole({
  name: 'PutRolePolicy',
  summary: 'Writes an identity policy into a role, in place of one with the same name.',
  check: checkInlinePolicy,
  facts: (_input, role) => boundaryFacts(role?.boundary),
  require: requireModifiable,
  async handle({ input, subject: { role }, parts: { catalog }, changes }) {
    await putInlinePolicy('role', role.value, { input, catalog, changes })
    // The role must still be there, and the sizes of its policies together what they were.
    changes.replace('role', role, role.value)
    return {}
  },
})
