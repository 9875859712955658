import { positionOf } from '../storage/layout.ts'
import type { Change, Kind, Unmoved } from '../storage/store.ts'
import type { Principals } from './principals.ts'

/** Has principals forgotten that a written change makes old, and nobody else. */
export function forgetPrincipals(change: Exclude<Change, Unmoved<Kind>>, principals: Principals): void {
  const kind = 'put' in change ? change.put : change.remove
  const [first = '', second = ''] = keyIn(change)
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

function keyIn(change: Exclude<Change, Unmoved<Kind>>): readonly string[] {
  return ('remove' in change ? change.key : positionOf(change.put, change.value)).map(String)
}
