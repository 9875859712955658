import type { Call } from '../call/call.ts'
import { Refusal } from '../protocol/errors.ts'
import { type Buckets, type Draw, OwnBuckets } from './buckets.ts'
import type { Limits, QuotaPlace } from './limits.ts'
import {
  customKeyStoreQuota,
  dataKeyPairQuota,
  ownQuota,
  type RequestQuota,
  requestQuotas,
  sharedQuota,
} from './request-quotas.ts'

/** What the use of keys is counted by. */
export interface KeyUse {
  readonly input: object
  readonly keys: readonly UsedKey[]
}

interface UsedKey {
  readonly account: string
  readonly region: string
  readonly keySpec: string
  readonly keyStore?: { readonly storeId: string } | undefined
}

/** So many requests that count in one quota, of an account in a Region or of a custom key store there. */
interface Counted {
  readonly quota: RequestQuota
  readonly place: QuotaPlace
  readonly customKeyStoreId?: string
  readonly requests: number
}

/**
 * Holds callers to their request quotas. Each quota counts by itself, for the account that calls and not the one that
 * owns the key, dry runs and all (AWS KMS Developer Guide, "Request quotas").
 */
export class RequestRates {
  readonly #limits: Limits
  readonly #buckets: Buckets

  constructor(limits: Limits, buckets: Buckets = new OwnBuckets()) {
    this.#limits = limits
    this.#buckets = buckets
  }

  /**
   * Counts a request for an operation with a quota of its own. Other services than KMS have none.
   *
   * @throws Refusal `ThrottlingException`
   */
  requireOperationRate(operation: string, call: Call): void {
    const quota = call.service === 'kms' ? ownQuota(operation) : undefined
    if (quota !== undefined) this.#require([{ quota, place: placeOf(call), requests: 1 }], call.now)
  }

  /**
   * Counts what is known only with the input and the keys: cryptographic operations by the keys they use, pairs by
   * their spec, and what an operation comes to in another Region.
   *
   * @throws Refusal `ThrottlingException`
   */
  requireUseRate(operation: string, use: KeyUse, call: Call): void {
    if (call.service !== 'kms') return
    const counted = [
      ...underKeys(operation, use, call),
      ...inKeyStores(operation, use, call),
      ...forPairs(operation, use, call),
      ...inOtherRegions(operation, use, call),
    ]
    if (counted.length > 0) this.#require(counted, call.now)
  }

  #require(counted: readonly Counted[], now: number): void {
    const draws = counted.map((each) => this.#drawOf(each))
    if (!this.#buckets.take(draws, now)) throw new Refusal('ThrottlingException')
  }

  #drawOf({ quota, place, customKeyStoreId = '', requests }: Counted): Draw {
    const { account, region } = place
    const standard = quota.byRegion.get(region) ?? quota.perSecond
    return {
      name: `${account} ${region} ${customKeyStoreId} ${quota.name}`,
      perSecond: this.#limits.find(quota.name, place) ?? standard,
      requests,
    }
  }
}

/** Where a call counts: with whoever makes it. */
function placeOf({ caller, region }: Call): QuotaPlace {
  return { account: caller.account, region }
}

/** ReEncrypt under keys of two kinds counts once for each; random bytes need no key and count as symmetric. */
function underKeys(operation: string, { keys }: KeyUse, call: Call): Counted[] {
  const specs = operation === 'GenerateRandom' ? ['SYMMETRIC_DEFAULT'] : keys.map((key) => key.keySpec)
  const quotas = new Set(specs.map((spec) => sharedQuota(operation, spec)))
  return [...quotas].flatMap((quota) =>
    quota === undefined ? [] : [{ quota, place: placeOf(call), requests: 1 }],
  )
}

/** What is done in a custom key store counts there too, whichever account does it. */
function inKeyStores(operation: string, { input, keys }: KeyUse, call: Call): Counted[] {
  const quota = requestQuotas.get(customKeyStoreQuota)
  const places = new Map<string, QuotaPlace>()
  for (const key of keys) {
    const used = sharedQuota(operation, key.keySpec) !== undefined
    if (used && key.keyStore !== undefined) places.set(key.keyStore.storeId, key)
  }
  if (operation === 'GenerateRandom' && 'CustomKeyStoreId' in input) {
    places.set(String(input.CustomKeyStoreId), placeOf(call))
  }
  if (quota === undefined || places.size === 0) return []
  return [...places].map(([customKeyStoreId, place]) => ({ quota, place, customKeyStoreId, requests: 1 }))
}

/** Data key pairs count by the kind of pair, not by the key that wraps them. */
function forPairs(operation: string, { input }: KeyUse, call: Call): Counted[] {
  if (!operation.startsWith('GenerateDataKeyPair')) return []
  const quota = 'KeyPairSpec' in input ? dataKeyPairQuota(String(input.KeyPairSpec)) : undefined
  return quota === undefined ? [] : [{ quota, place: placeOf(call), requests: 1 }]
}

/** What an operation on multi-Region keys also counts as: the quota, the input's Region, how many requests. */
const elsewhere: readonly [operation: string, quota: string, region: string, requests: number][] = [
  // One of the two is AWS's rehearsal of the other.
  ['ReplicateKey', 'CreateKey', 'ReplicaRegion', 2],
  ['UpdatePrimaryRegion', 'UpdatePrimaryRegion', 'PrimaryRegion', 1],
]

function inOtherRegions(operation: string, { input }: KeyUse, call: Call): Counted[] {
  return elsewhere.flatMap(([name, quotaName, member, requests]) => {
    const quota = requestQuotas.get(quotaName)
    const region = (input as Readonly<Record<string, unknown>>)[member]
    if (name !== operation || quota === undefined || typeof region !== 'string') return []
    return [{ quota, place: { account: call.caller.account, region }, requests }]
  })
}
