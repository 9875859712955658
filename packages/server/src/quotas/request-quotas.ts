import {
  customKeyStorePerSecond,
  dataKeyPairRateRows,
  operationRateRows,
  sharedRateRows,
} from './models/quotas.ts'

/** A number of requests per second that an account has in a Region, for one operation or several. */
export interface RequestQuota {
  /** AWS's name of it in Service Quotas, without `request rate`. */
  readonly name: string
  readonly perSecond: number
  /** Regions in which it is another. */
  readonly byRegion: ReadonlyMap<string, number>
}

/** The quota of a custom key store, which all who use its keys share. */
export const customKeyStoreQuota = 'Custom key store'

/**
 * AWS has not published quotas for ML-KEM. We count it as its sibling ML-DSA is counted, and pairs as elliptic curves
 * are: a guess that is too low is noticed here, one that is too high only on AWS.
 */
const unpublished = {
  shared: [['Cryptographic operations (ML-KEM)', ['Encapsulate', 'Decapsulate'], 1000, []]],
  pairs: [
    ['ML_KEM_512', 100],
    ['ML_KEM_768', 100],
    ['ML_KEM_1024', 100],
  ],
} as const satisfies { shared: typeof sharedRateRows; pairs: typeof dataKeyPairRateRows }

const sharedRows = [...sharedRateRows, ...unpublished.shared]

/** Which of the shared quotas counts the use of a key, by how its spec begins. */
const sharedQuotaBySpec: readonly [beginning: string, quota: string][] = [
  ['SYMMETRIC_DEFAULT', 'Cryptographic operations (symmetric)'],
  ['HMAC_', 'Cryptographic operations (symmetric)'],
  ['RSA_', 'Cryptographic operations (RSA)'],
  ['ECC_', 'Cryptographic operations (ECC and SM2)'],
  ['SM2', 'Cryptographic operations (ECC and SM2)'],
  ['ML_DSA_', 'Cryptographic operations (ML-DSA)'],
  ['ML_KEM_', 'Cryptographic operations (ML-KEM)'],
]

const pairQuota = (spec: string) => `GenerateDataKeyPair (${spec})`

/** Every request quota, by name. */
export const requestQuotas: ReadonlyMap<string, RequestQuota> = new Map(
  [
    ...operationRateRows.map(([operation, perSecond]) => quota(operation, perSecond)),
    ...sharedRows.map(([name, , perSecond, byRegion]) => quota(name, perSecond, byRegion)),
    ...[...dataKeyPairRateRows, ...unpublished.pairs].map(([spec, rate]) => quota(pairQuota(spec), rate)),
    quota(customKeyStoreQuota, customKeyStorePerSecond),
  ].map((each) => [each.name, each]),
)

function quota(
  name: string,
  perSecond: number,
  byRegion: readonly (readonly [string, number])[] = [],
): RequestQuota {
  return { name, perSecond, byRegion: new Map(byRegion) }
}

const operationsByShared = new Map(sharedRows.map(([name, operations]) => [name, new Set(operations)]))

/** The quota that counts an operation whatever it is about; cryptographic operations have none of their own. */
export function ownQuota(operation: string): RequestQuota | undefined {
  return requestQuotas.get(operation)
}

/** The quota that counts an operation under a key of this spec; `undefined` for one that is counted otherwise. */
export function sharedQuota(operation: string, keySpec: string): RequestQuota | undefined {
  const name = sharedQuotaBySpec.find(([beginning]) => keySpec.startsWith(beginning))?.[1]
  return name !== undefined && operationsByShared.get(name)?.has(operation)
    ? requestQuotas.get(name)
    : undefined
}

/** The quota of making data key pairs of this spec. */
export function dataKeyPairQuota(spec: string): RequestQuota | undefined {
  return requestQuotas.get(pairQuota(spec))
}

/** Quotas that an operation shares with others; empty for one that has a quota to itself. */
export function sharedQuotaNames(operation: string): readonly string[] {
  return sharedRows.filter(([, operations]) => operations.includes(operation)).map(([name]) => name)
}
