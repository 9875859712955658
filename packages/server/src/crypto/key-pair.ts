import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { PublicKey } from './public-key.ts'
import { Secret } from './secret.ts'

/** What OpenSSL calls each spec, and what it needs to know. */
const generators = {
  RSA_2048: ['rsa', { modulusLength: 2048 }],
  RSA_3072: ['rsa', { modulusLength: 3072 }],
  RSA_4096: ['rsa', { modulusLength: 4096 }],
  ECC_NIST_P256: ['ec', { namedCurve: 'prime256v1' }],
  ECC_NIST_P384: ['ec', { namedCurve: 'secp384r1' }],
  ECC_NIST_P521: ['ec', { namedCurve: 'secp521r1' }],
  ECC_SECG_P256K1: ['ec', { namedCurve: 'secp256k1' }],
  ECC_NIST_EDWARDS25519: ['ed25519', {}],
  SM2: ['ec', { namedCurve: 'SM2' }],
  ML_DSA_44: ['ml-dsa-44', {}],
  ML_DSA_65: ['ml-dsa-65', {}],
  ML_DSA_87: ['ml-dsa-87', {}],
  ML_KEM_512: ['ml-kem-512', {}],
  ML_KEM_768: ['ml-kem-768', {}],
  ML_KEM_1024: ['ml-kem-1024', {}],
} as const satisfies Readonly<Record<string, readonly [type: string, options: object]>>

/** The key specs whose material is a pair. */
export type KeyPairSpec = keyof typeof generators

export interface KeyPair {
  /** PKCS#8 DER (RFC 5958). */
  readonly privateKey: Secret
  readonly publicKey: PublicKey
}

type Generate = (
  type: string,
  options: object,
) => Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }>

const generate = promisify(generateKeyPair) as unknown as Generate

/** A fresh pair by OpenSSL's own generator, off the event loop: a large RSA key takes seconds. */
export async function newKeyPair(spec: KeyPairSpec): Promise<KeyPair> {
  const [type, options] = generators[spec]
  const { publicKey, privateKey } = await generate(type, options)
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' })
  const secret = new Secret(bytes)
  bytes.fill(0)
  return {
    privateKey: secret,
    publicKey: new PublicKey(publicKey.export({ format: 'der', type: 'spki' })),
  }
}
