import { createDecipheriv } from 'node:crypto'
import { type AsymmetricEncryptionAlgorithm, decrypt } from './asymmetric-encryption.ts'
import { revealAsPrivateKey, Secret } from './secret.ts'

/** Every way in which key material comes wrapped under a key pair of ours, and what opens the pair's part of it. */
const openedBy = {
  RSAES_OAEP_SHA_1: 'RSAES_OAEP_SHA_1',
  RSAES_OAEP_SHA_256: 'RSAES_OAEP_SHA_256',
  RSA_AES_KEY_WRAP_SHA_1: 'RSAES_OAEP_SHA_1',
  RSA_AES_KEY_WRAP_SHA_256: 'RSAES_OAEP_SHA_256',
  SM2PKE: 'SM2PKE',
} as const satisfies Readonly<Record<string, AsymmetricEncryptionAlgorithm>>

/** A wrapping algorithm, by the name that AWS KMS gives it. */
export type WrappingAlgorithm = keyof typeof openedBy

/** What was wrapped; whatever does not unwrap is one `undefined`, as with `decrypt`. */
export async function unwrap(
  privateKey: Secret,
  algorithm: WrappingAlgorithm,
  wrapped: Uint8Array,
): Promise<Secret | undefined> {
  const opens = openedBy[algorithm]
  if (opens === algorithm) return secretOf(await decrypt(privateKey, opens, wrapped))
  // CKM_RSA_AES_KEY_WRAP (PKCS #11 v3.1 §6.1.16): an AES key under RSA-OAEP, followed by what is under the AES key.
  const start = (revealAsPrivateKey(privateKey).asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const kek = await decrypt(privateKey, opens, wrapped.subarray(0, start))
  if (kek === undefined) return undefined
  const unwrapped = secretOf(unwrapPadded(kek, wrapped.subarray(start)))
  kek.fill(0)
  return unwrapped
}

/** AES key wrap with padding (RFC 5649, SP 800-38F §6.3); `undefined` for what the key did not wrap. */
export function unwrapPadded(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  // OpenSSL unwraps nothing at all to nothing; the shortest that was wrapped is two blocks of 64 bits (§4.1).
  if (wrapped.length < 16) return undefined
  const bits = kek.length * 8
  try {
    const decipher = createDecipheriv(`id-aes${bits}-wrap-pad`, kek, initialValue)
    const unwrapped = decipher.update(wrapped)
    decipher.final()
    return unwrapped
  } catch {
    return undefined
  }
}

/** RFC 5649 §3. */
const initialValue = Buffer.from('a65959a6', 'hex')

function secretOf(bytes: Uint8Array | undefined): Secret | undefined {
  if (bytes === undefined) return undefined
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}
