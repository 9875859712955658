import { findKey } from '../access/find-key.ts'
import { operationFacts } from '../access/operation-facts.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import { requireState } from '../keys/key-state.ts'
import { requireUsage } from '../keys/key-usage.ts'
import type { KmsOperations } from '../protocol/models/kms.ts'
import type { Handling, Operation, Subject } from './operation.ts'

/** The key an operation works on, and the alias by which the caller named it. */
export interface KeySubject extends Subject {
  readonly key: KeyEntry
  readonly alias?: string
}

type Name = keyof KmsOperations
type InputOf<N extends Name> = KmsOperations[N]['input']
type OutputOf<N extends Name> = KmsOperations[N]['output']

/** What differs between the operations that concern one key: the shape of an ordinary operation's file. */
interface OnKey<N extends Name> {
  readonly name: N
  readonly summary: string
  readonly defaults?: Partial<InputOf<N>>
  readonly recorded?: (input: InputOf<N>) => object
  readonly check?: (input: InputOf<N>) => void
  readonly facts?: (input: InputOf<N>) => RequestFacts
  /** The usage that the key must have been made for. */
  readonly usage?: string
  readonly require?: (input: InputOf<N>, key: KeyEntry) => void
  readonly handle: (handling: Handling<InputOf<N>, KeySubject>) => Promise<OutputOf<N>>
}

/** An operation on the key that its `KeyId` names: one need, the key's state and usage checked. */
export function onKey<N extends Name>(
  operation: OnKey<N> & (InputOf<N> extends { KeyId: string } ? unknown : never),
): Operation<InputOf<N>, OutputOf<N>, KeySubject> {
  const { name } = operation
  const { takesAliases } = operationFacts(name)
  const keyIdOf = (input: InputOf<N>) => (input as { KeyId: string }).KeyId
  return {
    service: 'kms',
    name,
    summary: operation.summary,
    defaults: operation.defaults ?? {},
    ...(operation.recorded === undefined ? {} : { recorded: operation.recorded }),
    check: operation.check ?? (() => undefined),
    async find(input, call, parts) {
      const { key, alias } = await findKey(keyIdOf(input), {
        call,
        catalog: parts.catalog,
        action: `kms:${name}`,
        takesAliases,
      })
      return alias === undefined ? { key, keys: [key] } : { key, keys: [key], alias }
    },
    needs(input, { key, alias }) {
      const facts = operation.facts?.(input) ?? {}
      return [
        {
          action: `kms:${name}`,
          resource: key.arn,
          key,
          named: 'by-caller',
          facts: alias === undefined ? facts : { ...facts, requestAlias: alias },
        },
      ]
    },
    require(input, { key }) {
      requireState(name, key.key)
      if (operation.usage !== undefined) requireUsage(key.key, operation.usage, name)
      operation.require?.(input, key)
    },
    handle: operation.handle,
  }
}
