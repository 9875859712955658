import { onRole, requireModifiable } from '../on-role.ts'
import { boundaryFacts } from './boundary.ts'

export const deleteRolePermissionsBoundary = onRole({
  name: 'DeleteRolePermissionsBoundary',
  summary: 'Takes away what limited a role, if anything did.',
  facts: (_input, role) => boundaryFacts(role?.boundary),
  require: requireModifiable,
  async handle({ subject: { role }, changes }) {
    const { boundary: _boundary, ...unbounded } = role.value
    changes.replace('role', role, unbounded)
    return {}
  },
})
