import type { State } from './state-subjects.ts'

export type Origin = 'AWS_KMS' | 'EXTERNAL' | 'EXTERNAL_KEY_STORE'

/** What AWS's table says of an operation on a key in a state. */
export interface Cell {
  readonly result: 'ok' | 'conditional' | 'fail' | 'n/a'
  readonly footnotes?: readonly number[] | null
}

interface Refused {
  readonly code: string
  readonly message: string
}

/** The footnotes that depend on nothing but the state, and what is said of the key. */
const byFootnote = new Map<number, readonly [code: string, predicate: string]>([
  [1, ['DisabledException', 'is disabled.']],
  [3, ['KMSInvalidStateException', 'is pending deletion.']],
  [4, ['KMSInvalidStateException', 'is not pending deletion.']],
  [5, ['KMSInvalidStateException', 'is pending import.']],
  // Only the operations of importing have these, for a key that they are made for.
  [8, ['KMSInvalidStateException', 'is pending deletion.']],
  [9, ['KMSInvalidStateException', 'is pending deletion.']],
  [10, ['KMSInvalidStateException', 'is pending deletion.']],
  [11, ['KMSInvalidStateException', 'is unavailable.']],
  [14, ['KMSInvalidStateException', 'is creating.']],
  [15, ['KMSInvalidStateException', 'is updating.']],
])

/** Footnotes that refuse keys of some origins, whatever their state. */
const originsRefusedBy = new Map<number, readonly Origin[]>([
  [6, ['EXTERNAL']],
  [7, ['EXTERNAL_KEY_STORE']],
  [9, ['AWS_KMS', 'EXTERNAL_KEY_STORE']],
])

/** What a cell comes to for one key: nothing, or how the call is refused. */
export function expectedRefusal(
  { result, footnotes }: Cell,
  { state, origin, arn }: { readonly state: State; readonly origin: Origin; readonly arn: string },
): Refused | undefined {
  const notes = footnotes ?? []
  if (notes.some((note) => originsRefusedBy.get(note)?.includes(origin))) {
    const message = `${arn} origin is ${origin} which is not valid for this operation.`
    return { code: 'UnsupportedOperationException', message }
  }
  if (result !== 'fail' && !notes.includes(10)) return undefined
  const refused = notes.map((note) => byFootnote.get(note)).find((each) => each !== undefined)
  if (refused === undefined) throw new Error(`nothing is known of footnotes ${notes.join()}`)
  const [code, predicate] = refused
  const isOfReplicas = state === 'PendingReplicaDeletion'
  const said = isOfReplicas ? predicate.replace('pending deletion', 'pending replica deletion') : predicate
  return { code, message: `${arn} ${said}` }
}
