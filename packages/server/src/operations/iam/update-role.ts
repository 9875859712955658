import { onRole, requireModifiable } from '../on-role.ts'

export const updateRole = onRole({
  name: 'UpdateRole',
  summary: 'Changes what a role is said to be for, and how long its sessions may last.',
  async handle({ input, subject: { role }, changes }) {
    const { Description: description, MaxSessionDuration: maxSessionSeconds } = input
    // The description is all that may be changed of a role that is linked to a service.
    if (maxSessionSeconds !== undefined) requireModifiable(role.value)
    changes.replace('role', role, {
      ...role.value,
      ...(description !== undefined && { description }),
      ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
    })
    return {}
  },
})
