import { findKey } from '../access/find-key.ts'
import { operationFacts } from '../access/operation-facts.ts'
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

/** The key an operation works on, and the alias by which the caller named it. */
export interface KeySubject extends Subject {
  readonly key: KeyEntry
  readonly alias?: string
}

/** What differs between the operations that concern one key: the shape of an ordinary operation's file. */
interface OnKey<N extends KmsName> extends KmsDeclaration<N, KeySubject> {
  /** The usage that the key must have been made for. */
  readonly usage?: KeyUsageType
  readonly require?: (input: KmsInput<N>, key: KeyEntry) => void
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
      requireState(name, key)
      if (operation.usage !== undefined) requireUsage(key.key, operation.usage, name)
      operation.require?.(input, key)
    },
  }
}
