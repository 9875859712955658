import type { QuotaPlace } from '../../quotas/limits.ts'
import { requireRoom } from '../../quotas/resource-quotas.ts'
import type { Parts } from '../parts.ts'

/**
 * Refuses a further key in an account and Region that have as many as they may, in whatever state those are. Keys that
 * AWS manages do not count (AWS KMS Developer Guide, "Resource quotas").
 */
export async function requireKeyRoom(place: QuotaPlace, { catalog, limits }: Parts): Promise<void> {
  const { account, region } = place
  const own = { index: 'manager', prefix: [account, region, 'CUSTOMER'] } as const
  requireRoom('keys', { account, region, inUse: await catalog.store.count('key', own) }, limits)
}
