import { Refusal, type RefusalCode } from '../protocol/errors.ts'
import type { Key } from './key.ts'
import { keyStateRows, type StateCell } from './models/key-states.ts'

export type KeyState =
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingReplicaDeletion'
  | 'PendingImport'
  | 'Unavailable'
  | 'Creating'
  | 'Updating'

/** The column of each state in AWS's table, counted from the operation's name. */
const columnByState: Record<KeyState, 1 | 2 | 3 | 4 | 5 | 6 | 7> = {
  Enabled: 1,
  Disabled: 2,
  PendingDeletion: 3,
  PendingReplicaDeletion: 3,
  PendingImport: 4,
  Unavailable: 5,
  Creating: 6,
  Updating: 7,
}

/** All of them. */
export const keyStates = Object.keys(columnByState) as readonly KeyState[]

/**
 * The table's footnotes that are errors whatever else the key is. Where the table offers [2] or [3] the key is
 * pending deletion and AWS is seen to answer with [3]; those tied to an origin are the operation's own to
 * check.
 */
const errorByFootnote = new Map<number, readonly [code: RefusalCode, predicate: string]>([
  [1, ['DisabledException', 'is disabled.']],
  [3, ['KMSInvalidStateException', 'is pending deletion.']],
  [4, ['KMSInvalidStateException', 'is not pending deletion.']],
  [5, ['KMSInvalidStateException', 'is pending import.']],
  [11, ['KMSInvalidStateException', 'is unavailable.']],
  [14, ['KMSInvalidStateException', 'is creating.']],
  [15, ['KMSInvalidStateException', 'is updating.']],
])

/** Operations that are newer than AWS's table, and those in it that use a key in the same way. */
const rowOfAnother: ReadonlyMap<string, string> = new Map([
  ['Encapsulate', 'DeriveSharedSecret'],
  ['Decapsulate', 'DeriveSharedSecret'],
])

const rowByOperation = new Map(keyStateRows.map((row) => [row[0], row]))

/** What AWS's table says of an operation on a key in this state; operations it does not list work in every state. */
export function stateCell(operation: string, state: KeyState): StateCell {
  const row = rowByOperation.get(rowOfAnother.get(operation) ?? operation)
  return row?.[columnByState[state]] ?? 'ok'
}

/** Operations that AWS's table has a footnote [7] for: they work on no key of a custom key store, in whatever state. */
const notInKeyStores = new Set(
  keyStateRows
    .filter(([, ...cells]) => cells.some((cell) => typeof cell !== 'string' && cell.includes(7)))
    .map(([operation]) => operation),
)

/** A key as far as its state is concerned; a `KeyEntry` is one. */
interface KeyInState {
  readonly arn: string
  readonly state: KeyState
  readonly key: Pick<Key, 'origin' | 'keyStore'>
}

/** Refuses an operation that the key's state does not allow, as AWS words it. */
export function requireState(operation: string, key: KeyInState): void {
  if (key.key.keyStore !== undefined && notInKeyStores.has(operation)) {
    throw new Refusal(
      'UnsupportedOperationException',
      `${key.arn} origin is ${key.key.origin} which is not valid for this operation.`,
    )
  }
  const cell = stateCell(operation, key.state)
  if (typeof cell === 'string') return
  for (const footnote of cell) {
    const error = errorByFootnote.get(footnote)
    if (error !== undefined) throw new Refusal(error[0], `${key.arn} ${predicateOf(error, key.state)}`)
  }
}

/** AWS has one column for both ways of pending deletion, and words for either. */
function predicateOf([, predicate]: readonly [RefusalCode, string], state: KeyState): string {
  return state === 'PendingReplicaDeletion'
    ? predicate.replace('pending deletion', 'pending replica deletion')
    : predicate
}
