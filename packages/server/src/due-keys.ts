import type { Ledger } from './audit/ledger.ts'
import { serviceEvent } from './audit/service-event.ts'
import type { Chance } from './base/chance.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Key } from './keys/key.ts'
import { type Change, type Stored, VersionMoved } from './storage/store.ts'

/** Keys deleted in one go; more than are ever due together, and few enough not to hold up calls. */
const batch = 100

/**
 * Deletes the keys whose waiting period is over: material, aliases, grants and all. Called before the first call
 * after that date is answered, and now and then, so it does not matter whether the process ran at the moment itself.
 *
 * @returns how many were deleted
 */
export async function deleteDueKeys(
  now: number,
  {
    catalog,
    ledger,
    chance,
  }: { readonly catalog: Catalog; readonly ledger: Ledger; readonly chance: Chance },
): Promise<number> {
  let deleted = 0
  for (;;) {
    const due = await catalog.dueKeys(now, batch)
    for (const key of due) {
      const event = serviceEvent('DeleteKey', key.value, { now, eventId: chance.uuid() })
      try {
        await ledger.commit(await removalOf(key, catalog), event)
        deleted += 1
      } catch (error) {
        // Another call saw that it was due, and was faster.
        if (!(error instanceof VersionMoved)) throw error
      }
    }
    if (due.length === 0) return deleted
  }
}

async function removalOf({ value: key, version }: Stored<Key>, { store }: Catalog): Promise<Change[]> {
  const { account, region, keyId } = key
  const all = { prefix: [account, region, keyId], limit: Number.MAX_SAFE_INTEGER }
  const materials = await store.list('keyMaterial', all)
  const aliases = await store.list('alias', { ...all, index: 'target' })
  const grants = await store.list('grant', all)
  return [
    { remove: 'key', key: [account, region, keyId], expected: version },
    ...materials.map(
      ({ value }): Change => ({ remove: 'keyMaterial', key: [account, region, keyId, value.materialId] }),
    ),
    ...aliases.map(({ value }): Change => ({ remove: 'alias', key: [account, region, value.name] })),
    ...grants.map(({ value }): Change => ({ remove: 'grant', key: [account, region, keyId, value.grantId] })),
  ]
}
