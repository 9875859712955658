import type { KeyObject } from 'node:crypto'
import { sm2Point } from './worker/sm2-key.ts'

/** What OpenSSL calls each spec, and what it needs to know to make a pair. */
export const keyPairSpecs = {
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
} as const satisfies Readonly<Record<string, readonly [type: string, options: KeyOptions]>>

interface KeyOptions {
  readonly modulusLength?: number
  readonly namedCurve?: string
}

/** The key specs whose material is a pair. */
export type KeyPairSpec = keyof typeof keyPairSpecs

/** Whether a public key is of a spec: the right algorithm, and the right size or curve. */
export function isOfSpec(publicKey: KeyObject, spec: KeyPairSpec): boolean {
  // Read back, an SM2 key has no type that Node would tell.
  if (spec === 'SM2') return sm2Point(publicKey) !== undefined
  const [type, { modulusLength, namedCurve }]: readonly [string, KeyOptions] = keyPairSpecs[spec]
  const details = publicKey.asymmetricKeyDetails
  return (
    publicKey.asymmetricKeyType === type &&
    details?.modulusLength === modulusLength &&
    details?.namedCurve === namedCurve
  )
}
