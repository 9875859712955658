import { Refusal } from '../protocol/errors.ts'
import type { AlgorithmSpec, KeySpec, WrappingKeySpec } from '../protocol/models/kms.ts'

/** A way to wrap that is still taken: AWS gave up RSAES_PKCS1_V1_5 in October 2023, and left it in the model. */
export type WrappingAlgorithm = Exclude<AlgorithmSpec, 'RSAES_PKCS1_V1_5'>

const oaep: readonly AlgorithmSpec[] = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1']
const hybrid: readonly AlgorithmSpec[] = ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1']
const curve: readonly AlgorithmSpec[] = [...hybrid, ...oaep, 'SM2PKE']
const rsa: readonly AlgorithmSpec[] = [...hybrid, 'SM2PKE']
const never: readonly AlgorithmSpec[] = []

/**
 * How material of each key spec may come wrapped (AWS KMS Developer Guide, "Select a wrapping algorithm"). An RSA key
 * is too long to be encrypted by another directly; ML-DSA keys cannot be imported, and of ML-KEM AWS does not say.
 */
const algorithmsBySpec: Readonly<Record<KeySpec, readonly AlgorithmSpec[]>> = {
  SYMMETRIC_DEFAULT: oaep,
  HMAC_224: oaep,
  HMAC_256: oaep,
  HMAC_384: oaep,
  HMAC_512: oaep,
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: curve,
  ECC_NIST_P384: curve,
  ECC_NIST_P521: curve,
  ECC_SECG_P256K1: curve,
  ECC_NIST_EDWARDS25519: curve,
  SM2: [...oaep, 'SM2PKE'],
  ML_DSA_44: never,
  ML_DSA_65: never,
  ML_DSA_87: never,
  ML_KEM_512: never,
  ML_KEM_768: never,
  ML_KEM_1024: never,
}

/** How a key's material is going to be wrapped, as GetParametersForImport is asked. */
interface Wrapping {
  readonly algorithm: AlgorithmSpec
  readonly wrappingKeySpec: WrappingKeySpec
}

/** A way of wrapping that a key spec has. */
export interface PossibleWrapping extends Wrapping {
  readonly algorithm: WrappingAlgorithm
}

/** Whether there can be keys of this spec whose material is imported. */
export function isImportable(keySpec: KeySpec): boolean {
  return algorithmsBySpec[keySpec].length > 0
}

/** @throws Refusal `UnsupportedOperationException` for what cannot wrap material of this key spec */
export function requireWrapping(keySpec: KeySpec, wrapping: Wrapping): PossibleWrapping {
  const { algorithm, wrappingKeySpec } = wrapping
  if (!algorithmsBySpec[keySpec].includes(algorithm)) {
    throw unsupported(`Wrapping algorithm ${algorithm} is not supported for key spec ${keySpec}.`)
  }
  if ((algorithm === 'SM2PKE') !== (wrappingKeySpec === 'SM2')) {
    throw unsupported(
      `Wrapping algorithm ${algorithm} is incompatible with wrapping key spec ${wrappingKeySpec}.`,
    )
  }
  if (keySpec === 'ECC_NIST_P521' && wrappingKeySpec === 'RSA_2048' && oaep.includes(algorithm)) {
    throw unsupported(
      `A wrapping key of ${wrappingKeySpec} is too short to wrap ${keySpec} with ${algorithm}.`,
    )
  }
  return wrapping as PossibleWrapping
}

const unsupported = (message: string) => new Refusal('UnsupportedOperationException', message)

/** How many bytes come out of RSA with a wrapping key of each spec, whatever went in. */
const wrappedBytes: Readonly<Partial<Record<WrappingKeySpec, number>>> = {
  RSA_2048: 256,
  RSA_3072: 384,
  RSA_4096: 512,
}

/** @throws Refusal `ValidationException` for what is not as long as anything RSA wraps directly; AWS says so before it tries */
export function requireWrappedLength(wrapped: Uint8Array, { algorithm, wrappingKeySpec }: Wrapping): void {
  const bytes = wrappedBytes[wrappingKeySpec]
  if (!oaep.includes(algorithm) || bytes === undefined || wrapped.length === bytes) return
  throw new Refusal('ValidationException', 'Invalid encrypted key size.')
}
