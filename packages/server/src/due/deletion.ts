import { serviceEvent } from '../audit/service-event.ts'
import type { Change } from '../storage/store.ts'
import type { DueRule } from './due-rule.ts'

/** A key whose waiting period is over goes for good: material, aliases, grants and all. */
export const deletion: DueRule = {
  async perform({ value: key, version }, _at, { catalog: { store }, chance, now }) {
    const { account, region, keyId } = key
    const all = { prefix: [account, region, keyId], limit: Number.MAX_SAFE_INTEGER }
    const materials = await store.list('keyMaterial', all)
    const aliases = await store.list('alias', { ...all, index: 'target' })
    const grants = await store.list('grant', all)
    const changes: readonly Change[] = [
      { remove: 'key', key: [account, region, keyId], expected: version },
      ...materials.map(
        ({ value }): Change => ({ remove: 'keyMaterial', key: [account, region, keyId, value.materialId] }),
      ),
      ...aliases.map(({ value }): Change => ({ remove: 'alias', key: [account, region, value.name] })),
      ...grants.map(
        ({ value }): Change => ({ remove: 'grant', key: [account, region, keyId, value.grantId] }),
      ),
    ]
    return { changes, event: serviceEvent('DeleteKey', key, { now, eventId: chance.uuid() }) }
  },
}
