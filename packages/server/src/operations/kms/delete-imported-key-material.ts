import { forgottenSecrets, relatedChanges } from '../../catalog/related-changes.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import type { Key } from '../../keys/key.ts'
import { requireOrigin } from '../../keys/key-origin.ts'
import { currentMaterial, isPresent } from '../../keys/material-facts.ts'
import { withoutSecret } from '../../keys/material-import.ts'
import { canRotate } from '../../keys/rotation.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'

export const deleteImportedKeyMaterial = onKey({
  name: 'DeleteImportedKeyMaterial',
  summary: 'Takes imported material away from a key, until the same material is imported again.',
  require: (_input, { key }) => requireOrigin(key, 'EXTERNAL'),
  async handle({ input, subject: { key }, parts: { catalog }, changes }) {
    const facts = findMaterial(key.key, input.KeyMaterialId)
    if (facts === undefined) return { KeyId: key.arn }
    const { materialId } = facts
    if (isPresent(facts)) {
      const before = await relatedKeys(key, catalog)
      const after = withoutSecret(
        before.map((entry) => entry.key),
        key.key.region,
        materialId,
      )
      changes.include(relatedChanges(before, after))
      changes.include(await forgottenSecrets(before, after, catalog.store))
    }
    return { KeyId: key.arn, ...(canRotate(key.key) ? { KeyMaterialId: materialId } : {}) }
  },
})

/** The material a request names, or the current one; a key that never had any has none to delete. */
function findMaterial({ materials }: Key, wanted: string | undefined) {
  if (wanted === undefined) return currentMaterial(materials)
  const facts = materials.find(({ materialId }) => materialId === wanted)
  if (facts !== undefined) return facts
  throw new Refusal('NotFoundException', `Key material '${wanted}' does not exist`)
}
