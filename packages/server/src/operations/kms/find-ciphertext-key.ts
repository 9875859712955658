import { deniedCiphertextKey } from '../../access/denial.ts'
import { findKey } from '../../access/find-key.ts'
import type { Named } from '../../access/need.ts'
import type { Call } from '../../call/call.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { describeBlob } from '../../crypto/ciphertext-blob.ts'
import { keyArn } from '../../keys/key.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/** The key that made a ciphertext, and how the caller came to it. */
export interface CiphertextKey {
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
 * The key to decrypt a blob with: the one the caller names, else the one the blob names. Whether the two are the
 * same is asked only after the caller is allowed to use the key (see `requireSameKey`).
 *
 * @throws Refusal `InvalidCiphertextException`, `NotFoundException`, or `AccessDeniedException` for a key unknown here
 */
export async function findCiphertextKey(
  blob: Uint8Array,
  keyId: string | undefined,
  { call, parts, action }: Search,
): Promise<CiphertextKey> {
  if (keyId !== undefined) {
    const found = await findKey(keyId, { call, catalog: parts.catalog, action, takesAliases: true })
    return { ...found, named: 'by-caller' }
  }
  const described = describeBlob(blob)
  if (described === undefined) throw new Refusal('InvalidCiphertextException')
  const key = await parts.catalog.key(keyArn({ ...described, region: call.region }))
  if (key === undefined) throw deniedCiphertextKey(call, action, described.account)
  return { key, named: 'by-ciphertext' }
}

/** The blob of a request. The model lets it be left out for dry runs alone, which still need one here. */
export function requireCiphertext(blob: Uint8Array | undefined): Uint8Array {
  if (blob !== undefined) return blob
  throw new Refusal(
    'ValidationException',
    "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  )
}

/** Refuses a blob that the named key did not make. @throws Refusal `IncorrectKeyException` */
export function requireSameKey(blob: Uint8Array, { key }: KeyEntry): void {
  const described = describeBlob(blob)
  if (described === undefined) throw new Refusal('InvalidCiphertextException')
  if (described.account === key.account && described.keyId === key.keyId) return
  throw new Refusal(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  )
}
