import { nextDue } from '../keys/due.ts'
import { positionOf } from '../storage/layout.ts'
import type { Change, Kind, Unmoved } from '../storage/store.ts'

/**
 * Something stored that a commit has changed, as whoever keeps it in memory needs to know: what it is, without what it
 * is now. Plain data, so that it can be told to other threads.
 */
export interface Touched {
  readonly kind: Kind
  readonly key: readonly string[]
  /** Of an alias that was put: the id of the key it stands for now. */
  readonly targetKeyId?: string
  /** Of a key that was put: when it does something by itself next. */
  readonly dueAt?: number
}

/** What nobody keeps in memory: notes of what happened, which decide nothing. */
const unkept: ReadonlySet<Kind> = new Set([
  'denial',
  'keyLastUsage',
  'lastUse',
  'pendingRecord',
  'usageTracking',
])

/** What a commit has changed of all that may be kept in memory somewhere. */
export function touchedBy(changes: readonly Change[]): readonly Touched[] {
  return changes.flatMap((change) =>
    'unmoved' in change || unkept.has(kindOf(change)) ? [] : [touched(change)],
  )
}

type Written = Exclude<Change, Unmoved<Kind>>

const kindOf = (change: Written): Kind => ('put' in change ? change.put : change.remove)

function touched(change: Written): Touched {
  if ('remove' in change) return { kind: change.remove, key: [...change.key] }
  const key = positionOf(change.put, change.value).map(String)
  if (change.put === 'alias') return { kind: 'alias', key, targetKeyId: change.value.targetKeyId }
  const due = change.put === 'key' ? nextDue(change.value) : undefined
  return { kind: change.put, key, ...(due !== undefined && { dueAt: due.at }) }
}
