import type { RsaHash } from './worker/rsa-digest.ts'

/** What is signed: a message, its hash, or for ML-DSA the representative µ of public key and message. */
export interface Message {
  readonly type: 'RAW' | 'DIGEST' | 'EXTERNAL_MU'
  readonly bytes: Uint8Array
}

/** How a signature is made, apart from the key. */
export type Scheme =
  | { readonly kind: 'RSA_PSS' | 'RSA_PKCS1' | 'ECDSA'; readonly hash: RsaHash }
  | { readonly kind: 'ED25519' | 'ED25519PH' | 'ML_DSA' | 'SM2DSA' }

/** Bytes that a message of each type has: a number, or any. Types that are absent are none of the algorithm's. */
type Lengths = Readonly<Partial<Record<Message['type'], number | 'any'>>>

/**
 * Every signing algorithm of AWS KMS: how it works, and what it signs (KMS API Reference, "Sign").
 *
 * ED25519_PH_SHA_512 takes a SHA-512 hash and says DIGEST, but the hash is the message of Ed25519ph, which hashes it
 * once more: that is how AWS documents it, and so a signature verifies elsewhere as Ed25519ph of the 64 bytes, not
 * of what they are the hash of.
 */
const rows = {
  RSASSA_PSS_SHA_256: [
    { kind: 'RSA_PSS', hash: 'sha256' },
    { RAW: 'any', DIGEST: 32 },
  ],
  RSASSA_PSS_SHA_384: [
    { kind: 'RSA_PSS', hash: 'sha384' },
    { RAW: 'any', DIGEST: 48 },
  ],
  RSASSA_PSS_SHA_512: [
    { kind: 'RSA_PSS', hash: 'sha512' },
    { RAW: 'any', DIGEST: 64 },
  ],
  RSASSA_PKCS1_V1_5_SHA_256: [
    { kind: 'RSA_PKCS1', hash: 'sha256' },
    { RAW: 'any', DIGEST: 32 },
  ],
  RSASSA_PKCS1_V1_5_SHA_384: [
    { kind: 'RSA_PKCS1', hash: 'sha384' },
    { RAW: 'any', DIGEST: 48 },
  ],
  RSASSA_PKCS1_V1_5_SHA_512: [
    { kind: 'RSA_PKCS1', hash: 'sha512' },
    { RAW: 'any', DIGEST: 64 },
  ],
  ECDSA_SHA_256: [
    { kind: 'ECDSA', hash: 'sha256' },
    { RAW: 'any', DIGEST: 32 },
  ],
  ECDSA_SHA_384: [
    { kind: 'ECDSA', hash: 'sha384' },
    { RAW: 'any', DIGEST: 48 },
  ],
  ECDSA_SHA_512: [
    { kind: 'ECDSA', hash: 'sha512' },
    { RAW: 'any', DIGEST: 64 },
  ],
  ED25519_SHA_512: [{ kind: 'ED25519' }, { RAW: 'any' }],
  ED25519_PH_SHA_512: [{ kind: 'ED25519PH' }, { DIGEST: 64 }],
  ML_DSA_SHAKE_256: [{ kind: 'ML_DSA' }, { RAW: 'any', EXTERNAL_MU: 64 }],
  // The hash is SM3 over the signer's Z value, made of identifier and public key, and the message.
  SM2DSA: [{ kind: 'SM2DSA' }, { RAW: 'any', DIGEST: 32 }],
} as const satisfies Readonly<Record<string, readonly [scheme: Scheme, lengths: Lengths]>>

/** A signing algorithm, by the name that AWS KMS gives it. */
export type SigningAlgorithm = keyof typeof rows

export function schemeOf(algorithm: SigningAlgorithm): Scheme {
  return rows[algorithm][0]
}

/** Why an algorithm does not sign a message: it knows no such type, or the bytes are too few or too many for it. */
export type MessageProblem = 'wrong type' | 'wrong length'

/** What is wrong with a message, or `undefined` for one that `sign` and `verify` take. */
export function messageProblem(algorithm: SigningAlgorithm, message: Message): MessageProblem | undefined {
  const lengths: Lengths = rows[algorithm][1]
  const wanted = lengths[message.type]
  if (wanted === undefined) return 'wrong type'
  return wanted === 'any' || wanted === message.bytes.length ? undefined : 'wrong length'
}
