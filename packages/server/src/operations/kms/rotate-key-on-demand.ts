import { invariant } from '../../base/invariant.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { relatedChanges } from '../../catalog/related-changes.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import { keyPlace } from '../../keys/key.ts'
import type { KeyMaterial } from '../../keys/key-material.ts'
import { isPrimary } from '../../keys/multi-region.ts'
import {
  pendingMaterial,
  requireRotationOnDemand,
  rotated,
  rotationDetails,
  rotationsOnDemand,
} from '../../keys/rotation.ts'
import { requireRoom } from '../../quotas/resource-quotas.ts'
import { onKey } from '../on-key.ts'
import type { Parts } from '../parts.ts'

export const rotateKeyOnDemand = onKey({
  name: 'RotateKeyOnDemand',
  summary: 'Gives a key new material now, or makes imported material that is pending the current one.',
  require: (_input, { key }, call) => requireRotationOnDemand(key, call.now),
  async handle({ subject: { key }, call, parts, changes, recordEvent }) {
    const { account, region } = key.key
    requireRoom(
      'onDemandRotationsPerKey',
      { account, region, inUse: rotationsOnDemand(key.key), keyArn: key.arn },
      parts.limits,
    )
    const before = await relatedKeys(key, parts.catalog)
    const { materialId, rows } = await nextMaterial(before, key, call.now, parts)
    const after = before.map((entry) => rotated(entry.key, materialId, { at: call.now, type: 'ON_DEMAND' }))
    changes.include(relatedChanges(before, after))
    for (const row of rows) changes.add('keyMaterial', row)
    for (const each of after) {
      recordEvent(
        isPrimary(each)
          ? { name: 'RotateKey', key: each, details: rotationDetails(key.key, each) }
          : { name: 'SynchronizeMultiRegionKey', key: each },
      )
    }
    return { KeyId: key.arn }
  },
})

/** What is rotated to: material that was brought for it and is in the store already, or else fresh material. */
async function nextMaterial(
  related: readonly KeyEntry[],
  { key }: KeyEntry,
  now: number,
  { safe }: Parts,
): Promise<{ readonly materialId: string; readonly rows: readonly KeyMaterial[] }> {
  const pending = pendingMaterial(key)
  if (pending !== undefined) return { materialId: pending.materialId, rows: [] }
  const places = related.map((entry) => keyPlace(entry.key))
  const rows = await safe.newSharedMaterial(places, key.keySpec, now)
  const materialId = rows[0]?.materialId
  invariant(materialId !== undefined, 'a key is one of those related to it')
  return { materialId, rows }
}
