import { findKey } from '../access/find-key.ts'
import type { Need } from '../access/need.ts'
import { operationFacts } from '../access/operation-facts.ts'
import { type Soon, whenHere } from '../base/soon.ts'
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

const nothingAsked: RequestFacts = {}

/** An operation on the key that its `KeyId` names: one need, the key's state and usage checked. */
export function onKey<N extends KmsName>(
  operation: OnKey<N> & (KmsInput<N> extends { KeyId: string } ? unknown : never),
): Operation<KmsInput<N>, KmsOutput<N>, KeySubject> {
  const { name } = operation
  const { takesAliases } = operationFacts(name)
  const action = `kms:${name}`
  const keyIdOf = (input: KmsInput<N>) => (input as { KeyId: string }).KeyId
  return {
    ...declared(operation),
    find(input, call, parts) {
      const found = findKey(keyIdOf(input), { call, catalog: parts.catalog, action, takesAliases })
      return whenHere(found, ({ key, alias }): Soon<KeySubject> => {
        const subject = alias === undefined ? { key, keys: [key] } : { key, keys: [key], alias }
        if (operation.findFacts === undefined) return subject
        return operation.findFacts(key, call, parts).then((foundFacts) => ({ ...subject, foundFacts }))
      })
    },
    needs(input, { key, alias, foundFacts }) {
      const asked = operation.facts?.(input) ?? nothingAsked
      const known = foundFacts === undefined ? asked : { ...asked, ...foundFacts }
      const facts = alias === undefined ? known : { ...known, requestAlias: alias }
      const need: Need = { action, resource: key.arn, key, named: 'by-caller', facts }
      return operation.alsoNeeds === undefined ? [need] : [need, ...operation.alsoNeeds(input, key)]
    },
    require(input, { key }, call) {
      requireState(name, key)
      if (operation.usage !== undefined) requireUsage(key.key, operation.usage, name)
      operation.require?.(input, key, call)
    },
  }
}
