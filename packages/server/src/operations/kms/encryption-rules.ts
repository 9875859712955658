import { Refusal } from '../../protocol/errors.ts'
import type { EncryptionAlgorithmSpec } from '../../protocol/models/kms.ts'

/** The algorithm where none is named. */
export const defaultAlgorithm: EncryptionAlgorithmSpec = 'SYMMETRIC_DEFAULT'

type EncryptionContext = Readonly<Record<string, string>>

/**
 * Refuses an encryption context where the algorithm has no place for it: it would bind nothing. AWS goes by the
 * algorithm in the request, whatever the key turns out to be.
 */
export function requireContextFits(
  algorithm: EncryptionAlgorithmSpec | undefined,
  encryptionContext: EncryptionContext | undefined,
): void {
  if (!isAsymmetric(algorithm) || Object.keys(encryptionContext ?? {}).length === 0) return
  throw new Refusal(
    'ValidationException',
    'EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.',
  )
}

/** Whether a ciphertext of this algorithm says nothing of the key that it was made for. */
export function isAsymmetric(algorithm: EncryptionAlgorithmSpec | undefined): boolean {
  return algorithm !== undefined && algorithm !== defaultAlgorithm
}
