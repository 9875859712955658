import { namedUuid } from '../crypto/named-uuid.ts'
import { awsManagedKey, managedServiceOf } from '../keys/aws-managed-key.ts'
import type { Catalog } from './catalog.ts'
import type { KeyEntry } from './key-entry.ts'

/** The place of an alias that AWS sets aside for a service's key. */
interface ReservedAlias {
  readonly account: string
  readonly region: string
  readonly name: string
}

/**
 * The key that an alias of AWS's stands for as it will be, while nobody has used it yet: whether a call is allowed on
 * it can be asked, and only a call that is allowed makes it. Its id follows from its place, so that it is the same
 * before and after, and cannot be made twice.
 */
export function unmadeKey(
  { account, region, name }: ReservedAlias,
  now: number,
  catalog: Catalog,
): KeyEntry | undefined {
  const service = managedServiceOf(name)
  if (service === undefined) return undefined
  const keyId = namedUuid(`AWS managed key ${account} ${region} ${service.name}`)
  const key = awsManagedKey(service, { account, region, keyId }, now)
  return { ...catalog.entryOf({ value: key, version: 0 }, [name]), unmade: true }
}
