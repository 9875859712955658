import {
  type AsymmetricEncryptionAlgorithm,
  decrypt,
  encrypt,
} from '../../../crypto/asymmetric-encryption.ts'
import { currentPublicKey, currentSecret } from '../current-material.ts'
import type { Cipher } from './cipher.ts'

/** Pairs: anybody may encrypt, with the public half and without us. So their ciphertexts say nothing of themselves. */
export const asymmetric: Cipher = {
  async encrypt(key, { plaintext, algorithm }, { parts }) {
    const publicKey = await currentPublicKey(key, parts)
    return { blob: await encrypt(publicKey, algorithm as AsymmetricEncryptionAlgorithm, plaintext) }
  },

  async decrypt(key, { blob, algorithm }, { parts }) {
    const { secret } = await currentSecret(key, parts)
    const plaintext = await decrypt(secret, algorithm as AsymmetricEncryptionAlgorithm, blob)
    return plaintext === undefined ? undefined : { plaintext }
  },
}
