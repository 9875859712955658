import { serviceEvent } from '../audit/service-event.ts'
import { invariant } from '../base/invariant.ts'
import { forgottenSecrets, relatedChanges } from '../catalog/related-changes.ts'
import { relatedKeys } from '../catalog/related-keys.ts'
import { nextExpiry, withoutSecret } from '../keys/material-import.ts'
import type { DueRule } from './due-rule.ts'

/** Imported material whose time is over is deleted, one piece after the other; whoever brought it can bring it again. */
export const expiry: DueRule = {
  async perform(stored, _at, { catalog, chance, now }) {
    const { value: key } = stored
    const expired = nextExpiry(key)
    invariant(expired !== undefined, 'material that expires is there')
    const { materialId } = expired
    const before = await relatedKeys(catalog.entryOf(stored, []), catalog)
    const after = withoutSecret(
      before.map((entry) => entry.key),
      key.region,
      materialId,
    )
    const details = { keyId: key.keyId, keyMaterialId: materialId }
    return {
      changes: [...relatedChanges(before, after), ...(await forgottenSecrets(before, after, catalog.store))],
      events: [serviceEvent('DeleteExpiredKeyMaterial', key, { now, eventId: chance.uuid(), details })],
    }
  },
}
