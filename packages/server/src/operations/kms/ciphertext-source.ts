import { deniedCiphertextKey } from '../../access/denial.ts'
import { findKey } from '../../access/find-key.ts'
import type { Named } from '../../access/need.ts'
import { type Soon, whenHere } from '../../base/soon.ts'
import type { Call } from '../../call/call.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { describeBlob } from '../../crypto/ciphertext-blob.ts'
import { keyArn } from '../../keys/key.ts'
import { requireState } from '../../keys/key-state.ts'
import { requireAlgorithm, requireUsage } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { DryRunModifierType, EncryptionAlgorithmSpec } from '../../protocol/models/kms.ts'
import type { Parts } from '../parts.ts'
import type { Decrypted, Use } from './ciphers/cipher.ts'
import { decryptUnder } from './ciphers/ciphers.ts'
import { defaultAlgorithm, isAsymmetric, requireContextFits } from './encryption-rules.ts'

/** What is to be decrypted, as `Decrypt` and `ReEncrypt` are told of it, each under names of its own. */
export interface CiphertextSource {
  /** Absent where only permission is asked about. */
  readonly blob: Uint8Array | undefined
  readonly keyId: string | undefined
  readonly algorithm: EncryptionAlgorithmSpec
  readonly encryptionContext: Readonly<Record<string, string>> | undefined
}

interface SourceInput {
  readonly CiphertextBlob?: Uint8Array
  readonly DryRun?: boolean
  readonly DryRunModifiers?: readonly DryRunModifierType[]
}

type Told = Omit<CiphertextSource, 'blob' | 'algorithm'> & {
  readonly algorithm: EncryptionAlgorithmSpec | undefined
}

/**
 * The source of a request that keeps the rules between its members. A ciphertext may be left out, and is not looked
 * at, in a dry run that says so; without one, and of a pair, the key has to be named.
 *
 * @throws Refusal `ValidationException`
 */
export function readSource(
  input: SourceInput,
  { algorithm = defaultAlgorithm, ...told }: Told,
): CiphertextSource {
  const isIgnored = input.DryRun === true && (input.DryRunModifiers ?? []).includes('IGNORE_CIPHERTEXT')
  const blob = isIgnored ? undefined : input.CiphertextBlob
  if (blob === undefined && !isIgnored) {
    throw new Refusal(
      'ValidationException',
      "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    )
  }
  requireContextFits(algorithm, told.encryptionContext)
  if (told.keyId === undefined && (isIgnored || isAsymmetric(algorithm))) {
    throw new Refusal('ValidationException', 'KeyId must not be null')
  }
  return { ...told, algorithm, blob }
}

/** The key to decrypt with, and how the caller came to it. */
export interface SourceKey {
  readonly key: KeyEntry
  readonly alias?: string
  readonly named: Named
}

interface Search {
  readonly call: Call
  readonly parts: Parts
  readonly action: string
}

/**
 * The key to decrypt with: the one the caller names, else the one the ciphertext names. Whether the two are the same
 * is asked only after the caller is allowed to use the key (see `requireSource`).
 *
 * @throws Refusal `InvalidCiphertextException`, `NotFoundException`, or `AccessDeniedException` for a key unknown here
 */
export function findSourceKey(
  { blob, keyId }: CiphertextSource,
  { call, parts, action }: Search,
): Soon<SourceKey> {
  if (keyId !== undefined) {
    const found = findKey(keyId, { call, catalog: parts.catalog, action, takesAliases: true })
    return whenHere(found, (named): SourceKey => ({ ...named, named: 'by-caller' }))
  }
  const described = blob && describeBlob(blob)
  if (described === undefined) throw new Refusal('InvalidCiphertextException')
  const { account } = described
  return whenHere(parts.catalog.key(keyArn({ ...described, region: call.region })), (key): SourceKey => {
    if (key === undefined) throw deniedCiphertextKey(call, action, account)
    return { key, named: 'by-ciphertext' }
  })
}

/** Refuses a key that cannot have made the ciphertext, or may not decrypt now. */
export function requireSource(source: CiphertextSource, key: KeyEntry, operation: string): void {
  // A ciphertext that was made with a public key says nothing of the key; whether it is the one shows when it opens.
  if (source.blob !== undefined && !isAsymmetric(source.algorithm)) requireSameKey(source.blob, key)
  requireState(operation, key)
  requireUsage(key.key, 'ENCRYPT_DECRYPT', operation)
  requireAlgorithm(key.key, source.algorithm)
}

function requireSameKey(blob: Uint8Array, { key }: KeyEntry): void {
  const described = describeBlob(blob)
  if (described === undefined) throw new Refusal('InvalidCiphertextException')
  if (described.account === key.account && described.keyId === key.keyId) return
  throw new Refusal('IncorrectKeyException')
}

/**
 * What the source holds. Where there is none, nothing is left that could be refused: the dry run ends here.
 *
 * @throws Refusal
 */
export function decryptSource(
  { blob, ...manner }: CiphertextSource,
  key: KeyEntry,
  use: Use,
): Soon<Decrypted> {
  if (blob === undefined) throw new Refusal('DryRunOperationException')
  return decryptUnder(key, { blob, ...manner }, use)
}
