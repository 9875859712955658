import { invariant } from '../../base/invariant.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { describeBlob, openBlob, sealBlob } from '../../crypto/ciphertext-blob.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

type EncryptionContext = Readonly<Record<string, string>>

const noContext: EncryptionContext = {}

/** A ciphertext blob of these bytes under the key's current material. */
export async function encryptUnder(
  key: KeyEntry,
  message: { readonly plaintext: Uint8Array; readonly encryptionContext: EncryptionContext | undefined },
  { catalog, chance }: Parts,
): Promise<{ blob: Uint8Array; materialId: string }> {
  const { account, keyId } = key.key
  const materialId = key.currentMaterialId
  invariant(materialId !== undefined, 'an enabled key has material')
  const secret = (await catalog.material(key, materialId))?.secret
  invariant(secret !== undefined, 'the current material of an enabled key is here')
  const encryptionContext = message.encryptionContext ?? noContext
  const blob = sealBlob(message.plaintext, { secret, encryptionContext, account, keyId, materialId }, chance)
  return { blob, materialId }
}

/**
 * What a blob of this key holds. A blob that was changed, one made under another encryption context and one whose
 * material is gone are one error: which of them it was is nothing a caller should learn.
 *
 * @throws Refusal `InvalidCiphertextException`
 */
export async function decryptUnder(
  key: KeyEntry,
  message: { readonly blob: Uint8Array; readonly encryptionContext: EncryptionContext | undefined },
  { catalog }: Parts,
): Promise<{ plaintext: Uint8Array; materialId: string }> {
  const materialId = describeBlob(message.blob)?.materialId
  const secret = materialId === undefined ? undefined : (await catalog.material(key, materialId))?.secret
  const encryptionContext = message.encryptionContext ?? noContext
  const plaintext = secret === undefined ? undefined : openBlob(message.blob, { secret, encryptionContext })
  if (plaintext === undefined || materialId === undefined) throw new Refusal('InvalidCiphertextException')
  return { plaintext, materialId }
}
