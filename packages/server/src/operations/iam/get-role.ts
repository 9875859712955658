import { onRole } from '../on-role.ts'
import { roleDetail } from './role-detail.ts'

export const getRole = onRole({
  name: 'GetRole',
  summary: 'Shows a role, with whom it trusts and when it was last used.',
  async handle({ subject: { role }, parts: { catalog } }) {
    return { Role: await roleDetail(role.value, catalog) }
  },
})
