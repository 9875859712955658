import type { Principals } from './principals.ts'
import type { Touched } from './touched.ts'

/** Has principals forgotten that a written change makes old, and nobody else. */
export function forgetPrincipals({ kind, key }: Touched, principals: Principals): void {
  const [first = '', second = ''] = key
  switch (kind) {
    case 'accessKey':
    case 'serviceCredential':
      principals.forgetAccessKey(first)
      return
    case 'user':
    case 'role':
    case 'membership':
      principals.forgetHolder(second)
      return
    case 'group':
      principals.forgetHoldersOf(second)
      return
    // Of one user or role, or of a group.
    case 'inlinePolicy':
    case 'attachment':
      principals.forgetHolder(second)
      principals.forgetHoldersOf(second)
      return
    case 'managedPolicy':
      principals.forgetHoldersOf(`${first} ${second}`)
      return
    default:
      return
  }
}
