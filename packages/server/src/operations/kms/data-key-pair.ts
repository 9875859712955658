import type { RequestFacts } from '../../call/facts.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { newPlainKeyPair } from '../../crypto/key-pair.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { DataKeyPairSpec } from '../../protocol/models/kms.ts'
import type { Use } from './ciphers/cipher.ts'
import { encryptUnder } from './ciphers/ciphers.ts'
import { requireDataKeys } from './data-key.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { defaultAlgorithm } from './encryption-rules.ts'

interface DataKeyPairInput {
  readonly KeyPairSpec: DataKeyPairSpec
  readonly EncryptionContext?: Readonly<Record<string, string>>
  readonly DryRun?: boolean
}

/** What policies may ask of a request for a data key pair. */
export function dataKeyPairFacts(input: DataKeyPairInput): RequestFacts {
  const { EncryptionContext } = input
  return { ...encryptionFacts({ EncryptionContext }), dataKeyPairSpec: input.KeyPairSpec }
}

/** Data key pairs are made under the same keys as data keys are, but for keys in a custom key store. */
export function requireDataKeyPairs(key: KeyEntry): void {
  requireDataKeys(key)
  if (key.key.keyStore === undefined) return
  throw new Refusal(
    'UnsupportedOperationException',
    `${key.arn} origin is ${key.key.origin} which is not valid for this operation.`,
  )
}

/** A fresh pair for the caller's own use; its private half in the clear, and under the key. */
export async function newDataKeyPair(key: KeyEntry, input: DataKeyPairInput, use: Use) {
  // Nothing that follows could be refused, and a large pair takes seconds to make.
  if (input.DryRun === true) throw new Refusal('DryRunOperationException')
  const { privateKey: plaintext, publicKey } = await newPlainKeyPair(input.KeyPairSpec)
  const message = { plaintext, algorithm: defaultAlgorithm, encryptionContext: input.EncryptionContext }
  const { blob, materialId } = await encryptUnder(key, message, use)
  const shown = {
    PrivateKeyCiphertextBlob: blob,
    PublicKey: publicKey,
    KeyId: key.arn,
    KeyPairSpec: input.KeyPairSpec,
    KeyMaterialId: materialId,
  }
  return { privateKey: plaintext, shown }
}
