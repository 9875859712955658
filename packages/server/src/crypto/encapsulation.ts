import { decapsulate as nodeDecapsulate, encapsulate as nodeEncapsulate } from 'node:crypto'
import { invariant } from '../base/invariant.ts'
import { type PublicKey, publicKeyObject } from './public-key.ts'
import { revealAsPrivateKey, type Secret } from './secret.ts'
import { inThreadPool } from './thread-pool.ts'

/** A fresh secret, and the ciphertext from which whoever has the private key gets it too. */
export interface Encapsulation {
  readonly sharedSecret: Uint8Array
  readonly ciphertext: Uint8Array
}

/** FIPS 203 §8, table 3. */
const ciphertextBytes: Readonly<Record<string, number>> = {
  'ml-kem-512': 768,
  'ml-kem-768': 1088,
  'ml-kem-1024': 1568,
}

/** ML-KEM.Encaps (FIPS 203 §7.2). */
export function encapsulate(publicKey: PublicKey): Promise<Encapsulation> {
  return inThreadPool(
    () =>
      new Promise((resolve, reject) => {
        nodeEncapsulate(publicKeyObject(publicKey), (error, made) =>
          error ? reject(error) : resolve({ sharedSecret: made.sharedKey, ciphertext: made.ciphertext }),
        )
      }),
  )
}

/**
 * ML-KEM.Decaps (FIPS 203 §7.3). A ciphertext of the right length always gives 32 bytes, and when it is not one of
 * this key's, bytes that nobody has (implicit rejection); one of another length gives `undefined`.
 */
export async function decapsulate(
  privateKey: Secret,
  ciphertext: Uint8Array,
): Promise<Uint8Array | undefined> {
  const key = revealAsPrivateKey(privateKey)
  const wanted = ciphertextBytes[key.asymmetricKeyType ?? '']
  invariant(wanted !== undefined, 'only ML-KEM keys decapsulate')
  if (ciphertext.length !== wanted) return undefined
  return inThreadPool(
    () =>
      new Promise((resolve, reject) => {
        nodeDecapsulate(key, ciphertext, (error, secret) => (error ? reject(error) : resolve(secret)))
      }),
  )
}
