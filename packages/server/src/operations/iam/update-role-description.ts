import { onRole } from '../on-role.ts'
import { roleDetail } from './role-detail.ts'

export const updateRoleDescription = onRole({
  name: 'UpdateRoleDescription',
  summary: 'Changes what a role is said to be for.',
  async handle({ input, subject: { role }, parts: { catalog }, changes }) {
    const described = { ...role.value, description: input.Description }
    changes.replace('role', role, described)
    return { Role: await roleDetail(described, catalog) }
  },
})
