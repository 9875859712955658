import { serviceEvent } from '../audit/service-event.ts'
import { invariant } from '../base/invariant.ts'
import { relatedChanges } from '../catalog/related-changes.ts'
import { relatedKeys } from '../catalog/related-keys.ts'
import { keyPlace } from '../keys/key.ts'
import { rotatedByClock, rotationDetails } from '../keys/rotation.ts'
import type { DueRule } from './due-rule.ts'

/** A key whose rotation date has come gets new material; so, with it, do the keys in other Regions that share it. */
export const rotation: DueRule = {
  async perform(stored, _at, { catalog, safe, chance, now }) {
    const { value: primary } = stored
    const before = await relatedKeys(catalog.entryOf(stored, []), catalog)
    const related = before.map(({ key }) => key)
    const rows = await safe.newSharedMaterial(related.map(keyPlace), primary.keySpec, now)
    const materialId = rows[0]?.materialId
    invariant(materialId !== undefined, 'a key is one of those related to it')
    const after = rotatedByClock(related, primary, { materialId, now })
    const facts = () => ({ now, eventId: chance.uuid() })
    return {
      changes: [
        ...relatedChanges(before, after),
        ...rows.map((value) => ({ put: 'keyMaterial', value, expected: 'absent' }) as const),
      ],
      events: after.map((key) =>
        key.region === primary.region
          ? serviceEvent('RotateKey', key, { ...facts(), details: rotationDetails(primary, key) })
          : serviceEvent('SynchronizeMultiRegionKey', key, facts()),
      ),
    }
  },
}
