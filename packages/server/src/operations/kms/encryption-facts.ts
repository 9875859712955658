import type { RequestFacts } from '../../call/facts.ts'

interface EncryptionInput {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined
  readonly EncryptionAlgorithm?: string | undefined
}

/** What policies may ask of a request that encrypts or decrypts; the algorithm is there even when left to default. */
export function encryptionFacts(input: EncryptionInput): RequestFacts {
  const encryptionAlgorithm = input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT'
  return input.EncryptionContext === undefined
    ? { encryptionAlgorithm }
    : { encryptionAlgorithm, encryptionContext: input.EncryptionContext }
}
