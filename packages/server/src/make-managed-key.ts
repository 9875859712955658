import type { Ledger } from './audit/ledger.ts'
import { serviceEvent } from './audit/service-event.ts'
import type { KeyEntry } from './catalog/key-entry.ts'
import { keyPlace } from './keys/key.ts'
import type { Parts } from './operations/parts.ts'
import { type Change, VersionMoved } from './storage/store.ts'

/**
 * Makes a key that AWS manages, on the first call that was allowed on it: the key, its material and its alias. That
 * somebody else was faster is as good.
 */
export async function makeManagedKey(
  { key, aliasNames }: KeyEntry,
  now: number,
  { safe, chance, ledger }: Pick<Parts, 'safe' | 'chance'> & { readonly ledger: Ledger },
): Promise<void> {
  const { account, region, keyId, keySpec } = key
  const material = await safe.newMaterial(keyPlace(key), keySpec, now)
  const { materialId } = material
  const made = { ...key, materials: [{ materialId, state: 'CURRENT' as const, createdAt: now }] }
  const changes: Change[] = [
    { put: 'key', value: made, expected: 'absent' },
    { put: 'keyMaterial', value: material, expected: 'absent' },
    ...aliasNames.map((name): Change => {
      const alias = { account, region, name, targetKeyId: keyId, createdAt: now, updatedAt: now }
      return { put: 'alias', value: alias, expected: 'absent' }
    }),
  ]
  try {
    await ledger.commit(changes, serviceEvent('CreateKey', made, { now, eventId: chance.uuid() }))
  } catch (error) {
    if (!(error instanceof VersionMoved)) throw error
  }
}
