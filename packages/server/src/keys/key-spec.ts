import type {
  EncapsulationAlgorithmSpec,
  EncryptionAlgorithmSpec,
  KeyAgreementAlgorithmSpec,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '../protocol/models/kms.ts'

/** Whatever is done with a key is done by one of these. */
export type Algorithm =
  | EncryptionAlgorithmSpec
  | SigningAlgorithmSpec
  | MacAlgorithmSpec
  | KeyAgreementAlgorithmSpec
  | EncapsulationAlgorithmSpec

/** What kind of material a key has: one secret for both sides, one for making MACs, or a pair. */
export type KeyType = 'symmetric' | 'hmac' | 'asymmetric'

type Algorithms = Readonly<Partial<Record<KeyUsageType, readonly Algorithm[]>>>

const rsa: Algorithms = {
  ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
  SIGN_VERIFY: [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
  ],
}
const mlDsa: Algorithms = { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] }
const mlKem: Algorithms = { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] }

/** A curve for signing with this algorithm and, being one of NIST's, for agreeing on a secret. */
const nistCurve = (algorithm: SigningAlgorithmSpec): Algorithms => ({
  SIGN_VERIFY: [algorithm],
  KEY_AGREEMENT: ['ECDH'],
})

/**
 * Every key spec: its type, and the algorithms of each usage it may be made for (AWS KMS Developer Guide, "Key spec
 * reference"). To add one, add a row here, and how its material is made in `crypto/`.
 */
const rows: readonly [keySpec: KeySpec, type: KeyType, algorithms: Algorithms][] = [
  ['SYMMETRIC_DEFAULT', 'symmetric', { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] }],
  ['HMAC_224', 'hmac', { GENERATE_VERIFY_MAC: ['HMAC_SHA_224'] }],
  ['HMAC_256', 'hmac', { GENERATE_VERIFY_MAC: ['HMAC_SHA_256'] }],
  ['HMAC_384', 'hmac', { GENERATE_VERIFY_MAC: ['HMAC_SHA_384'] }],
  ['HMAC_512', 'hmac', { GENERATE_VERIFY_MAC: ['HMAC_SHA_512'] }],
  ['RSA_2048', 'asymmetric', rsa],
  ['RSA_3072', 'asymmetric', rsa],
  ['RSA_4096', 'asymmetric', rsa],
  ['ECC_NIST_P256', 'asymmetric', nistCurve('ECDSA_SHA_256')],
  ['ECC_NIST_P384', 'asymmetric', nistCurve('ECDSA_SHA_384')],
  ['ECC_NIST_P521', 'asymmetric', nistCurve('ECDSA_SHA_512')],
  ['ECC_SECG_P256K1', 'asymmetric', { SIGN_VERIFY: ['ECDSA_SHA_256'] }],
  ['ECC_NIST_EDWARDS25519', 'asymmetric', { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] }],
  ['SM2', 'asymmetric', { ENCRYPT_DECRYPT: ['SM2PKE'], SIGN_VERIFY: ['SM2DSA'], KEY_AGREEMENT: ['ECDH'] }],
  ['ML_DSA_44', 'asymmetric', mlDsa],
  ['ML_DSA_65', 'asymmetric', mlDsa],
  ['ML_DSA_87', 'asymmetric', mlDsa],
  ['ML_KEM_512', 'asymmetric', mlKem],
  ['ML_KEM_768', 'asymmetric', mlKem],
  ['ML_KEM_1024', 'asymmetric', mlKem],
]

const rowBySpec = new Map(rows.map((row) => [row[0], row]))

/** How much one encryption takes, in bytes, where the mathematics of the spec sets the bound. */
const plaintextBytesMost: Readonly<
  Partial<Record<KeySpec, Readonly<Partial<Record<EncryptionAlgorithmSpec, number>>>>>
> = {
  SYMMETRIC_DEFAULT: { SYMMETRIC_DEFAULT: 4096 },
  RSA_2048: { RSAES_OAEP_SHA_1: 214, RSAES_OAEP_SHA_256: 190 },
  RSA_3072: { RSAES_OAEP_SHA_1: 342, RSAES_OAEP_SHA_256: 318 },
  RSA_4096: { RSAES_OAEP_SHA_1: 470, RSAES_OAEP_SHA_256: 446 },
  SM2: { SM2PKE: 1024 },
}

/** All of them. */
export const keySpecs: readonly KeySpec[] = rows.map(([keySpec]) => keySpec)

export function keyTypeOf(keySpec: KeySpec): KeyType | undefined {
  return rowBySpec.get(keySpec)?.[1]
}

/** The algorithms of a key of this spec that was made for this usage; none where the two do not go together. */
export function algorithmsOf(keySpec: KeySpec, keyUsage: KeyUsageType): readonly Algorithm[] {
  return rowBySpec.get(keySpec)?.[2][keyUsage] ?? []
}

/** The most bytes a key of this spec encrypts with this algorithm; `undefined` where it encrypts nothing so. */
export function plaintextMost(keySpec: KeySpec, algorithm: EncryptionAlgorithmSpec): number | undefined {
  return plaintextBytesMost[keySpec]?.[algorithm]
}
