import { Refusal } from '../protocol/errors.ts'
import type { EncryptionAlgorithmSpec, KeyUsageType } from '../protocol/models/kms.ts'
import { type Key, keyArn } from './key.ts'
import { type Algorithm, algorithmsOf, plaintextMost } from './key-spec.ts'

/** Refuses an operation that the key was not made for: no encrypting with a signing key. */
export function requireUsage(key: Key, usage: KeyUsageType, operation: string): void {
  if (key.keyUsage === usage) return
  throw new Refusal(
    'InvalidKeyUsageException',
    `${keyArn(key)} key usage is ${key.keyUsage} which is not valid for ${operation}.`,
  )
}

/** Refuses an algorithm that does not go with the key's spec and usage. */
export function requireAlgorithm(key: Key, algorithm: Algorithm): void {
  if (algorithmsOf(key.keySpec, key.keyUsage).includes(algorithm)) return
  throw new Refusal(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`,
  )
}

/** Refuses a plaintext that is longer than one encryption with the key's spec and this algorithm takes. */
export function requirePlaintextFits(
  { keySpec }: Key,
  algorithm: EncryptionAlgorithmSpec,
  byteCount: number,
): void {
  const most = plaintextMost(keySpec, algorithm) ?? 0
  if (byteCount <= most) return
  throw new Refusal(
    'ValidationException',
    `Algorithm ${algorithm} and key spec ${keySpec} cannot encrypt data larger than ${most} bytes.`,
  )
}
