import { whenHere } from '../../../base/soon.ts'
import { describeBlob, openBlob, sealBlob } from '../../../crypto/ciphertext-blob.ts'
import { currentSecret } from '../current-material.ts'
import type { Cipher } from './cipher.ts'

/** Keys that encrypt and decrypt with the same secret. Their ciphertexts say whose they are, and under which material. */
export const symmetric: Cipher = {
  encrypt(key, { plaintext, encryptionContext = {} }, { parts }) {
    return whenHere(currentSecret(key, parts), ({ materialId, secret }) => {
      const { account, keyId } = key.key
      const sealing = { secret, encryptionContext, account, keyId, materialId }
      return { blob: sealBlob(plaintext, sealing, parts.chance), materialId }
    })
  },

  decrypt(key, { blob, encryptionContext = {} }, { parts: { catalog } }) {
    const materialId = describeBlob(blob)?.materialId
    if (materialId === undefined) return undefined
    return whenHere(catalog.material(key, materialId), (material) => {
      const secret = material?.secret
      const plaintext = secret && openBlob(blob, { secret, encryptionContext })
      return plaintext && { plaintext, materialId }
    })
  },
}
