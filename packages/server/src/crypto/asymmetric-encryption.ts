import { constants, type KeyObject, publicEncrypt, webcrypto } from 'node:crypto'
import { invariant } from '../base/invariant.ts'
import { offLoop } from './off-loop.ts'
import { type PublicKey, publicKeyObject } from './public-key.ts'
import { revealAsPrivateKey, type Secret } from './secret.ts'
import { inThreadPool } from './thread-pool.ts'

/** Every algorithm of AWS KMS that encrypts with a public key, and for OAEP its hash, which is MGF1's too. */
const oaepHashes = {
  RSAES_OAEP_SHA_1: 'SHA-1',
  RSAES_OAEP_SHA_256: 'SHA-256',
  SM2PKE: undefined,
} as const

/** An algorithm that encrypts with a public key, by the name that AWS KMS gives it. */
export type AsymmetricEncryptionAlgorithm = keyof typeof oaepHashes

/** The plaintext must not be longer than the key takes. */
export async function encrypt(
  publicKey: PublicKey,
  algorithm: AsymmetricEncryptionAlgorithm,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const key = publicKeyObject(publicKey)
  const hash = oaepHashes[algorithm]
  if (hash === undefined) {
    const ciphertext = await offLoop('encryptSm2', { publicKey: key, plaintext })
    invariant(ciphertext !== undefined, 'an SM2 key encrypts')
    return ciphertext
  }
  return publicEncrypt({ key, oaepHash: hash, padding: constants.RSA_PKCS1_OAEP_PADDING }, plaintext)
}

/**
 * The plaintext. Whatever does not open is one `undefined`, by words as by time: who can tell why a ciphertext did not
 * open can ask often enough to open one (Manger's attack on OAEP).
 */
export async function decrypt(
  privateKey: Secret,
  algorithm: AsymmetricEncryptionAlgorithm,
  ciphertext: Uint8Array,
): Promise<Uint8Array | undefined> {
  const key = revealAsPrivateKey(privateKey)
  const hash = oaepHashes[algorithm]
  if (hash === undefined) return offLoop('decryptSm2', { privateKey: key, ciphertext })
  return decryptOaep(key, hash, ciphertext)
}

/** By way of WebCrypto, whose arithmetic runs in Node's thread pool; `privateDecrypt` has no such form. */
async function decryptOaep(key: KeyObject, hash: 'SHA-1' | 'SHA-256', ciphertext: Uint8Array) {
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (bits === undefined || ciphertext.length !== bits / 8) return undefined
  const name = 'RSA-OAEP'
  const cryptoKey = key.toCryptoKey({ name, hash }, false, ['decrypt'])
  try {
    const decrypting = () => webcrypto.subtle.decrypt({ name }, cryptoKey, Buffer.from(ciphertext))
    return new Uint8Array(await inThreadPool(decrypting))
  } catch {
    return undefined
  }
}
