import type { Chance } from '../base/chance.ts'
import type { Secret } from '../crypto/secret.ts'
import type { PossibleWrapping } from '../keys/import-wrapping.ts'
import type { Key } from '../keys/key.ts'
import { unwrap, wrap } from './wrapping.ts'

/** What key material is to be wrapped with to be imported, and until when. */
export interface ImportTerms extends PossibleWrapping {
  /** Milliseconds since the epoch. */
  readonly validTo: number
}

/** A token's terms, and what opens material that was wrapped by them. */
export interface OpenedImport extends ImportTerms {
  /** The half of the wrapping pair that never leaves. */
  readonly privateKey: Secret
}

interface TokenKey {
  readonly rootKey: Secret
  /** Whose material it is for: the token of another key does not open. */
  readonly place: Pick<Key, 'account' | 'region' | 'keyId'>
}

/**
 * An import token: the private half of a wrapping pair, wrapped under the root key with the key it is for and the terms
 * as associated data. It keeps itself, so a token nobody uses leaves nothing behind, and any node can open it.
 */
export function sealImportToken(
  { rootKey, place, terms, privateKey }: TokenKey & { terms: ImportTerms; privateKey: Secret },
  chance: Chance,
): Uint8Array {
  const fields = fieldsOf(terms)
  const wrapped = wrap(privateKey, { rootKey, purpose: 'importKey', place: { ...place, ...fields } }, chance)
  return Buffer.from(JSON.stringify([fields.algorithm, fields.wrappingKeySpec, fields.validTo, wrapped]))
}

/** What was sealed; `undefined` for any other bytes and any other key. */
export function openImportToken(token: Uint8Array, { rootKey, place }: TokenKey): OpenedImport | undefined {
  const parts = partsOf(token)
  if (parts === undefined) return undefined
  const [algorithm, wrappingKeySpec, validTo, wrapped] = parts
  const fields = { algorithm, wrappingKeySpec, validTo }
  const privateKey = unwrap(wrapped, { rootKey, purpose: 'importKey', place: { ...place, ...fields } })
  if (privateKey === undefined) return undefined
  // They are what was sealed, to the letter: they are authenticated with the secret.
  return { ...(fields as unknown as ImportTerms), validTo: Number(validTo), privateKey }
}

function fieldsOf({ algorithm, wrappingKeySpec, validTo }: ImportTerms) {
  return { algorithm, wrappingKeySpec, validTo: String(validTo) }
}

type Parts = readonly [algorithm: string, wrappingKeySpec: string, validTo: string, wrapped: string]

function partsOf(token: Uint8Array): Parts | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token).toString())
    return isParts(parts) ? parts : undefined
  } catch {
    // Not JSON: some other bytes.
    return undefined
  }
}

function isParts(parts: unknown): parts is Parts {
  return Array.isArray(parts) && parts.length === 4 && parts.every((part) => isText(part))
}

/** Text with a lone surrogate was never sealed, and has no bytes to be authenticated by. */
function isText(part: unknown): part is string {
  return typeof part === 'string' && part.isWellFormed()
}
