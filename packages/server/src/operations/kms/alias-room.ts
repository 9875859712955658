import type { KeyEntry } from '../../catalog/key-entry.ts'
import { requireRoom } from '../../quotas/resource-quotas.ts'
import type { Parts } from '../parts.ts'

/** Refuses a further alias for a key that has as many as it may. */
export function requireAliasRoom(key: KeyEntry, { limits }: Parts): void {
  const { account, region } = key.key
  requireRoom('aliasesPerKey', { account, region, inUse: key.aliasNames.length }, limits)
}
