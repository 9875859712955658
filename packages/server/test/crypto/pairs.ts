import { createHash, type KeyObject } from 'node:crypto'
import { type KeyPair, type KeyPairSpec, newKeyPair } from '../../src/crypto/key-pair.ts'
import { type PublicKey, publicKeyObject } from '../../src/crypto/public-key.ts'
import type { SigningAlgorithm } from '../../src/crypto/signing-algorithm.ts'

const pairs = new Map<string, Promise<KeyPair>>()

/** A pair of a spec, made once for a file of tests; a second name is a second pair. */
export function pairOf(spec: KeyPairSpec, name = 'first'): Promise<KeyPair> {
  const key = `${spec} ${name}`
  const pair = pairs.get(key) ?? newKeyPair(spec)
  pairs.set(key, pair)
  return pair
}

/** One spec for every algorithm that signs, and more where the curve matters. */
export const signers: readonly [spec: KeyPairSpec, algorithm: SigningAlgorithm][] = [
  ['RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['RSA_3072', 'RSASSA_PSS_SHA_384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_384'],
  ['RSA_4096', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512'],
  ['SM2', 'SM2DSA'],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_87', 'ML_DSA_SHAKE_256'],
]

/** What a caller who hashes for himself gives instead of a message, worked out by the standards' own words. */
export function hashedMessage(algorithm: SigningAlgorithm, publicKey: PublicKey, message: Uint8Array) {
  if (algorithm === 'ML_DSA_SHAKE_256') {
    return { type: 'EXTERNAL_MU', bytes: muOf(publicKeyObject(publicKey), message) } as const
  }
  const bytes =
    algorithm === 'SM2DSA'
      ? createHash('sm3').update(zOf(publicKey)).update(message).digest()
      : createHash(`sha${algorithm.slice(-3)}`)
          .update(message)
          .digest()
  return { type: 'DIGEST', bytes } as const
}

/** FIPS 204 §6.2, line 6, with the empty context that §5.2 puts before the message. */
function muOf(publicKey: KeyObject, message: Uint8Array): Buffer {
  const shake = (...parts: Uint8Array[]) =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
  return shake(shake(publicKey.export({ format: 'raw-public' })), Buffer.of(0, 0), message)
}

/** GB/T 32918.2 §5.5: length and text of the identifier, a, b, the generator, the public key. */
function zOf({ spki }: PublicKey): Buffer {
  const curve = [
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  ]
  const start = Buffer.concat([Buffer.of(0, 128), Buffer.from('1234567812345678')])
  return createHash('sm3')
    .update(start)
    .update(Buffer.from(curve.join(''), 'hex'))
    .update(spki.subarray(-64))
    .digest()
}
