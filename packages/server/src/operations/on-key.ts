import { findKey } from '../access/find-key.ts'
import type { Need } from '../access/need.ts'
import { operationFacts } from '../access/operation-facts.ts'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import { requireState } from '../keys/key-state.ts'
import { requireUsage } from '../keys/key-usage.ts'
import type { KeyUsageType } from '../protocol/models/kms.ts'
import {
  declared,
  type KmsDeclaration,
  type KmsInput,
  type KmsName,
  type KmsOutput,
} from './kms-operation.ts'
import type { Operation, Subject } from './operation.ts'
import type { Parts } from './parts.ts'

/** The key an operation works on, and the alias by which the caller named it. */
export interface KeySubject extends Subject {
  readonly key: KeyEntry
  readonly alias?: string
  /** What policies may ask that had to be looked up. */
  readonly foundFacts?: RequestFacts
}

/** What differs between the operations that concern one key: the shape of an ordinary operation's file. */
interface OnKey<N extends KmsName> extends KmsDeclaration<N, KeySubject> {
  /** The usage that the key must have been made for. */
  readonly usage?: KeyUsageType
  readonly require?: (input: KmsInput<N>, key: KeyEntry, call: Call) => void
  /** What policies may ask that is neither in the request nor in the key itself. */
  readonly findFacts?: (key: KeyEntry, call: Call, parts: Parts) => Promise<RequestFacts>
  /** What the caller must be allowed beside the operation's own action on the key. */
  readonly alsoNeeds?: (input: KmsInput<N>, key: KeyEntry) => readonly Need[]
}

/** An operation on the key that its `KeyId` names: one need, the key's state and usage checked. */
export function onKey<N extends KmsName>(
  operation: OnKey<N> & (KmsInput<N> extends { KeyId: string } ? unknown : never),
): Operation<KmsInput<N>, KmsOutput<N>, KeySubject> {
  const { name } = operation
  const { takesAliases } = operationFacts(name)
  const keyIdOf = (input: KmsInput<N>) => (input as { KeyId: string }).KeyId
  return {
    ...declared(operation),
    async find(input, call, parts) {
      const { key, alias } = await findKey(keyIdOf(input), {
        call,
        catalog: parts.catalog,
        action: `kms:${name}`,
        takesAliases,
      })
      const subject = alias === undefined ? { key, keys: [key] } : { key, keys: [key], alias }
      if (operation.findFacts === undefined) return subject
      return { ...subject, foundFacts: await operation.findFacts(key, call, parts) }
    },
    needs(input, { key, alias, foundFacts }) {
      const facts = { ...operation.facts?.(input), ...foundFacts }
      return [
        {
          action: `kms:${name}`,
          resource: key.arn,
          key,
          named: 'by-caller',
          facts: alias === undefined ? facts : { ...facts, requestAlias: alias },
        },
        ...(operation.alsoNeeds?.(input, key) ?? []),
      ]
    },
    require(input, { key }, call) {
      requireState(name, key)
      if (operation.usage !== undefined) requireUsage(key.key, operation.usage, name)
      operation.require?.(input, key, call)
    },
  }
}
