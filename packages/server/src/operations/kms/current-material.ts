import { invariant } from '../../base/invariant.ts'
import { type Soon, whenHere } from '../../base/soon.ts'
import type { KeyEntry, Material } from '../../catalog/key-entry.ts'
import type { PublicKey } from '../../crypto/public-key.ts'
import type { Secret } from '../../crypto/secret.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/**
 * What a key encrypts, signs or makes MACs with today. Its state was checked, so the secret is here, unless it was
 * taken away since.
 *
 * @throws Refusal `KMSInvalidStateException`
 */
export function currentSecret(
  key: KeyEntry,
  { catalog }: Pick<Parts, 'catalog'>,
): Soon<{ readonly materialId: string; readonly secret: Secret }> {
  return whenHere(currentMaterial(key, catalog), (material) => {
    const { materialId, secret } = material ?? {}
    if (materialId === undefined || secret === undefined) {
      throw new Refusal('KMSInvalidStateException', `${key.arn} is pending import.`)
    }
    return { materialId, secret }
  })
}

/** The half of a pair that everybody may know; it is here even when the secret is not. */
export async function currentPublicKey(
  key: KeyEntry,
  { catalog }: Pick<Parts, 'catalog'>,
): Promise<PublicKey> {
  const { publicKey } = (await currentMaterial(key, catalog)) ?? {}
  invariant(publicKey !== undefined, 'an asymmetric key is a pair')
  return publicKey
}

function currentMaterial(key: KeyEntry, catalog: Parts['catalog']): Soon<Material | undefined> {
  const materialId = key.currentMaterialId
  invariant(materialId !== undefined, 'a key that is used has material')
  return catalog.material(key, materialId)
}
