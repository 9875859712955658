import { Refusal } from '../protocol/errors.ts'
import type { Limits, QuotaPlace } from './limits.ts'
import { resourceQuotaRows } from './models/quotas.ts'

/** What there may be only so many of. */
export type Resource =
  | 'keys'
  | 'aliasesPerKey'
  | 'grantsPerKey'
  | 'customKeyStores'
  | 'onDemandRotationsPerKey'

interface ResourceQuota {
  /** The name of AWS's row. */
  readonly published: string
  readonly exceeded: (use: ResourceUse, most: number) => string
}

/** How much of a resource is in use, where, and the key it is about if there is one. */
export interface ResourceUse extends QuotaPlace {
  readonly inUse: number
  readonly keyArn?: string
}

/** The sentence that AWS is seen to say of aliases and of keys; said here of all that share their kind of quota. */
const ofAccount = (title: string) => (use: ResourceUse, most: number) =>
  `${title} quota for this account in this region is ${most}, current usage is ${use.inUse}.`

const quotas: Readonly<Record<Resource, ResourceQuota>> = {
  keys: { published: 'customerManagedKeysPerRegionPerAccount', exceeded: ofAccount('Key') },
  aliasesPerKey: { published: 'aliasesPerKey', exceeded: ofAccount('Aliases per key') },
  grantsPerKey: { published: 'grantsPerKey', exceeded: ofAccount('Grants per key') },
  customKeyStores: { published: 'customKeyStoresPerAccountRegion', exceeded: ofAccount('Custom key store') },
  onDemandRotationsPerKey: {
    published: 'onDemandRotationsPerKey',
    exceeded: ({ keyArn }) =>
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn}`,
  },
}

const rowByPublished = new Map(resourceQuotaRows.map((row) => [row[0], row]))

/** The resources whose quota AWS raises for those who ask, and a file may set here. */
export const adjustableResources: readonly string[] = Object.entries(quotas)
  .filter(([, { published }]) => rowByPublished.get(published)?.[2])
  .map(([resource]) => resource)

/**
 * Refuses one more of something there are enough of. Two calls at the same moment may each find room for the last one;
 * where that matters, the caller holds what was counted to its version.
 *
 * @throws Refusal `LimitExceededException`
 */
export function requireRoom(resource: Resource, use: ResourceUse, limits: Limits): void {
  const { published, exceeded } = quotas[resource]
  const most = limits.find(resource, use) ?? rowByPublished.get(published)?.[1] ?? 0
  if (use.inUse >= most) throw new Refusal('LimitExceededException', exceeded(use, most))
}
