import { describeBlob, openBlob, sealBlob } from '../../../crypto/ciphertext-blob.ts'
import { currentSecret } from '../current-material.ts'
import type { Cipher } from './cipher.ts'

/** Keys that encrypt and decrypt with the same secret. Their ciphertexts say whose they are, and under which material. */
export const symmetric: Cipher = {
  async encrypt(key, { plaintext, encryptionContext = {} }, { parts }) {
    const { account, keyId } = key.key
    const { materialId, secret } = await currentSecret(key, parts)
    const sealing = { secret, encryptionContext, account, keyId, materialId }
    return { blob: sealBlob(plaintext, sealing, parts.chance), materialId }
  },

  async decrypt(key, { blob, encryptionContext = {} }, { parts: { catalog } }) {
    const materialId = describeBlob(blob)?.materialId
    const secret = materialId === undefined ? undefined : (await catalog.material(key, materialId))?.secret
    const plaintext = secret === undefined ? undefined : openBlob(blob, { secret, encryptionContext })
    return plaintext === undefined || materialId === undefined ? undefined : { plaintext, materialId }
  },
}
