import type { Key } from './key.ts'
import { nextExpiry } from './material-import.ts'
import { isSettling } from './multi-region.ts'
import { rotationDue } from './rotation.ts'

/** What a key does by itself at a moment. */
export type DueKind = 'deletion' | 'expiry' | 'rotation' | 'settling'

/** When each of them is due for a key; `undefined` where it is not going to happen. To add one, add a row. */
export const dueMoments: Readonly<Record<DueKind, (key: Key) => number | undefined>> = {
  deletion: (key) => (key.keyState === 'PendingDeletion' ? key.deletionAt : undefined),
  expiry: (key) => nextExpiry(key)?.at,
  rotation: rotationDue,
  settling: (key) => (isSettling(key) ? key.settlesAt : undefined),
}

/** The first thing a key does by itself, and when. */
export function nextDue(key: Key): { readonly kind: DueKind; readonly at: number } | undefined {
  let next: { readonly kind: DueKind; readonly at: number } | undefined
  for (const kind of Object.keys(dueMoments) as DueKind[]) {
    const at = dueMoments[kind](key)
    if (at !== undefined && (next === undefined || at < next.at)) next = { kind, at }
  }
  return next
}
