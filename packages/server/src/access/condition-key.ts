import type { ConditionKeyValue, Principal } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { AccountPlace } from '../catalog/account-place.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import { multiRegionKeyType } from '../keys/multi-region.ts'

/** What a condition key's value is taken from: one thing asked of one caller in one call. */
export interface Question {
  readonly call: Call
  readonly key: KeyEntry | undefined
  readonly facts: RequestFacts
  /** The account that owns what is acted on. */
  readonly resourceAccount: string
  /** Where the caller's account and the owner's are in the organization; absent for accounts that are not in it. */
  readonly callerPlace?: AccountPlace | undefined
  readonly resourcePlace?: AccountPlace | undefined
  /** Where the account is for whose resource a service calls, and that of the VPC endpoint it came through. */
  readonly sourcePlace?: AccountPlace | undefined
  readonly endpointPlace?: AccountPlace | undefined
}

/** Whoever knows the value. The suffix is what follows the beginning that a row names, in lower case. */
export type Supplier = (question: Question, suffix: string) => ConditionKeyValue

/** The type AWS publishes for a key. An array of strings is what is called multi-valued; every other key is single. */
export type ConditionKeyType = 'String' | 'ARN' | 'Bool' | 'Numeric' | 'Date' | 'IPAddress' | 'ArrayOfString'

/** A key, its type, and who supplies its value; or, as a sentence's end, why no request has it here yet. */
export type ConditionKeyRow = readonly [name: string, type: ConditionKeyType, source: Supplier | string]

export const yesNo = (value: boolean | undefined): ConditionKeyValue =>
  value === undefined ? undefined : String(value)

/** A value that only one kind of caller has. */
export function ofPrincipal<K extends Principal['kind']>(
  kind: K,
  read: (principal: Extract<Principal, { kind: K }>) => ConditionKeyValue,
): Supplier {
  return ({ call }) => {
    const { principal } = call.caller
    return principal.kind === kind ? read(principal as Extract<Principal, { kind: K }>) : undefined
  }
}

/** A property of the key acted on; for CreateKey, of the key that is asked for. */
export function ofKey(
  read: (key: {
    keySpec: string
    keyUsage: string
    origin: string
    multiRegion: boolean
    multiRegionKeyType?: string | undefined
  }) => ConditionKeyValue,
): Supplier {
  return ({ key, facts }) => {
    if (key === undefined) return facts.newKey === undefined ? undefined : read(facts.newKey)
    const { keySpec, keyUsage, origin } = key.key
    const type = multiRegionKeyType(key.key)
    return read({ keySpec, keyUsage, origin, multiRegion: type !== undefined, multiRegionKeyType: type })
  }
}
