import { onRole, requireModifiable } from '../on-role.ts'
import { checkBoundary, requireBoundary } from './boundary.ts'

export const putRolePermissionsBoundary = onRole({
  name: 'PutRolePermissionsBoundary',
  summary: 'Sets what a role can do at most, whatever else allows it more.',
  check: checkBoundary,
  facts: (input) => ({ permissionsBoundary: input.PermissionsBoundary }),
  require: requireModifiable,
  async handle({ input, subject: { role }, call, parts, changes }) {
    const { account } = call.caller
    await requireBoundary(input.PermissionsBoundary, { account, parts, changes })
    changes.replace('role', role, { ...role.value, boundary: input.PermissionsBoundary })
    return {}
  },
})
