import { onUser } from '../on-user.ts'
import { boundaryFacts } from './boundary.ts'

export const deleteUserPermissionsBoundary = onUser({
  name: 'DeleteUserPermissionsBoundary',
  summary: 'Takes away what limited a user, if anything did.',
  facts: (_input, user) => boundaryFacts(user?.boundary),
  async handle({ subject: { user }, changes }) {
    const { boundary: _boundary, ...unbounded } = user.value
    changes.replace('user', user, unbounded)
    return {}
  },
})
