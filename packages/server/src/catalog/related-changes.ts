import { type Key, keyPlace } from '../keys/key.ts'
import { isPresent } from '../keys/material-facts.ts'
import type { Change, Store } from '../storage/store.ts'
import type { KeyEntry } from './key-entry.ts'

/** What makes related keys, as they were read, those that they are to be. Keys that stay as they are are held to it. */
export function relatedChanges(before: readonly KeyEntry[], after: readonly Key[]): readonly Change[] {
  return before.flatMap(({ key, stored: { version } }): Change[] => {
    const { account, region, keyId } = key
    const value = after.find((each) => each.region === region) ?? key
    if (value !== key) return [{ put: 'key', value, expected: version }]
    return [{ unmoved: 'key', key: [account, region, keyId], expected: version }]
  })
}

/**
 * What takes the secrets out of the store that related keys do not have any more. The public half of a pair stays: what
 * was signed can still be verified, and what is to be imported again is recognised.
 */
export async function forgottenSecrets(
  before: readonly KeyEntry[],
  after: readonly Key[],
  store: Store,
): Promise<readonly Change[]> {
  const lost = before.flatMap(({ key }) => {
    const kept = after.find(({ region }) => region === key.region)?.materials ?? key.materials
    const isKept = (materialId: string) =>
      kept.some((facts) => facts.materialId === materialId && isPresent(facts))
    return key.materials
      .filter((facts) => isPresent(facts) && !isKept(facts.materialId))
      .map(({ materialId }) => ({ ...keyPlace(key), materialId }))
  })
  const changes = await Promise.all(
    lost.map(async ({ account, region, keyId, materialId }): Promise<Change[]> => {
      const row = [account, region, keyId, materialId] as const
      const stored = await store.find('keyMaterial', row)
      if (stored === undefined) return []
      const { value, version } = stored
      const { sealed: _sealed, ...publicPart } = value
      return [
        publicPart.sealedPublicKey === undefined
          ? { remove: 'keyMaterial', key: row, expected: version }
          : { put: 'keyMaterial', value: publicPart, expected: version },
      ]
    }),
  )
  return changes.flat()
}
