import { serviceEvent } from '../audit/service-event.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { relatedChanges } from '../catalog/related-changes.ts'
import { relatedKeys } from '../catalog/related-keys.ts'
import type { Key } from '../keys/key.ts'
import { settled } from '../keys/material-import.ts'
import { withoutReplica } from '../keys/multi-region.ts'
import type { Change, Stored } from '../storage/store.ts'
import type { DueRule } from './due-rule.ts'

/** A key whose waiting period is over goes for good: material, aliases, grants and all. */
export const deletion: DueRule = {
  async perform(stored, at, { catalog, chance, now }) {
    const { store } = catalog
    const { value: key, version } = stored
    const { account, region, keyId } = key
    const all = { prefix: [account, region, keyId], limit: Number.MAX_SAFE_INTEGER }
    const materials = await store.list('keyMaterial', all)
    const aliases = await store.list('alias', { ...all, index: 'target' })
    const grants = await store.list('grant', all)
    const changes: readonly Change[] = [
      { remove: 'key', key: [account, region, keyId], expected: version },
      { remove: 'keyLastUsage', key: [account, region, keyId] },
      ...materials.map(
        ({ value }): Change => ({ remove: 'keyMaterial', key: [account, region, keyId, value.materialId] }),
      ),
      ...aliases.map(({ value }): Change => ({ remove: 'alias', key: [account, region, value.name] })),
      ...grants.map(
        ({ value }): Change => ({ remove: 'grant', key: [account, region, keyId, value.grantId] }),
      ),
      ...(await partingFrom(stored, at, catalog)),
    ]
    return { changes, events: [serviceEvent('DeleteKey', key, { now, eventId: chance.uuid() })] }
  },
}

/** What the keys related to one that goes are from then on: a primary that waited for the last of them waits no more. */
async function partingFrom(stored: Stored<Key>, at: number, catalog: Catalog): Promise<readonly Change[]> {
  const { region } = stored.value
  const related = await relatedKeys(catalog.entryOf(stored, []), catalog)
  const left = related.filter(({ key }) => key.region !== region)
  return relatedChanges(left, settled(left.map(({ key }) => withoutReplica(key, region, at))))
}
