import type { RequestFacts } from '../call/facts.ts'
import type { KmsOperations } from '../protocol/models/kms.ts'
import type { Handling, Operation, Subject } from './operation.ts'

type Name = keyof KmsOperations
type InputOf<N extends Name> = KmsOperations[N]['input']
type OutputOf<N extends Name> = KmsOperations[N]['output']

interface OnAccount<N extends Name> {
  readonly name: N
  readonly summary: string
  readonly defaults?: Partial<InputOf<N>>
  readonly recorded?: (input: InputOf<N>) => object
  readonly check?: (input: InputOf<N>) => void
  readonly facts?: (input: InputOf<N>) => RequestFacts
  /** Actions needed beside the operation's own. */
  readonly alsoNeeds?: (input: InputOf<N>) => readonly string[]
  readonly handle: (handling: Handling<InputOf<N>, Subject>) => Promise<OutputOf<N>>
}

/** An operation on no key that exists yet, or on all of them: the caller's own policies decide alone. */
export function onAccount<N extends Name>(
  operation: OnAccount<N>,
): Operation<InputOf<N>, OutputOf<N>, Subject> {
  const { name } = operation
  return {
    service: 'kms',
    name,
    summary: operation.summary,
    defaults: operation.defaults ?? {},
    ...(operation.recorded === undefined ? {} : { recorded: operation.recorded }),
    check: operation.check ?? (() => undefined),
    find: async () => ({ keys: [] }),
    needs: (input) =>
      [`kms:${name}`, ...(operation.alsoNeeds?.(input) ?? [])].map((action) => ({
        action,
        resource: '*',
        named: 'not-at-all' as const,
        facts: operation.facts?.(input) ?? {},
      })),
    require: () => undefined,
    handle: operation.handle,
  }
}
