import { keyArn } from '../keys/key.ts'
import { regionsOf } from '../keys/multi-region.ts'
import type { Catalog } from './catalog.ts'
import type { KeyEntry } from './key-entry.ts'

/**
 * A key and, for a multi-Region key, all those related to it, the primary first: those that share its material. For
 * any other key that is the key alone, so whoever changes what related keys share need not ask which kind it is.
 *
 * Each of them was read at a moment of its own. A change that follows from them puts or holds all of them by the
 * versions read (`changes.replace`, `changes.hold`); a replica made or deleted meanwhile moves every one.
 */
export async function relatedKeys(entry: KeyEntry, catalog: Catalog): Promise<readonly KeyEntry[]> {
  const { account, region: own, keyId, related } = entry.key
  if (related === undefined) return [entry]
  const found = await Promise.all(
    regionsOf(related).map((region) =>
      region === own ? entry : catalog.key(keyArn({ account, region, keyId })),
    ),
  )
  // One that is gone by now was taken out of the others' records in the same commit, which moved this one too.
  return found.filter((key) => key !== undefined)
}
