import { onUser } from '../on-user.ts'
import { checkBoundary, requireBoundary } from './boundary.ts'

export const putUserPermissionsBoundary = onUser({
  name: 'PutUserPermissionsBoundary',
  summary: 'Sets what a user can do at most, whatever else allows it more.',
  check: checkBoundary,
  facts: (input) => ({ permissionsBoundary: input.PermissionsBoundary }),
  async handle({ input, subject: { user }, call, parts, changes }) {
    const { account } = call.caller
    await requireBoundary(input.PermissionsBoundary, { account, parts, changes })
    changes.replace('user', user, { ...user.value, boundary: input.PermissionsBoundary })
    return {}
  },
})
