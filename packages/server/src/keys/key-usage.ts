import { Refusal } from '../protocol/errors.ts'
import { type Key, keyArn } from './key.ts'

/** Refuses an operation that the key was not made for: no encrypting with a signing key. */
export function requireUsage(key: Key, usage: string, operation: string): void {
  if (key.keyUsage === usage) return
  throw new Refusal(
    'InvalidKeyUsageException',
    `${keyArn(key)} key usage is ${key.keyUsage} which is not valid for ${operation}.`,
  )
}

/** Refuses an encryption algorithm that does not go with the key's spec. */
export function requireAlgorithm(key: Key, algorithm: string): void {
  if (key.keySpec === 'SYMMETRIC_DEFAULT' && algorithm === 'SYMMETRIC_DEFAULT') return
  throw new Refusal(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`,
  )
}
