import { LRUCache } from 'lru-cache'
import type { SigningScope } from '../sigv4/signing-key.ts'

/** All of an Authorization header but its signature, understood. */
export interface KnownAuthorization {
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** Access key and scope as one text. */
  readonly text: string
  /** Lower-case and sorted. */
  readonly signedHeaders: readonly string[]
}

/**
 * A client's requests of one day have the same Authorization header up to the signature, which SDKs write last. What was
 * well-formed once is so again with any other signature, as long as that is one.
 */
const knownByBeginning = new LRUCache<string, KnownAuthorization>({ max: 1000 })

/** Far longer than what SDKs send; longer ones are not worth the memory. */
const charactersMost = 1024
const mark = 'Signature='
const signaturePattern = /^[0-9a-f]{64}$/

/** Where the signature of a header begins that has it last and is not unusual otherwise; zero for any other. */
function signatureStart(authorization: string): number {
  const start = authorization.length - 64
  const isUsual =
    authorization.length <= charactersMost &&
    authorization.slice(start - mark.length, start) === mark &&
    signaturePattern.test(authorization.slice(start))
  return isUsual ? start : 0
}

/** What was kept of another header with the same beginning, and this one's signature. */
export function findKnownAuthorization(
  authorization: string,
): { readonly known: KnownAuthorization; readonly signature: string } | undefined {
  const start = signatureStart(authorization)
  const known = start === 0 ? undefined : knownByBeginning.get(authorization.slice(0, start))
  return known && { known, signature: authorization.slice(start) }
}

/** Keeps what a header was read as, for the next with the same beginning. It must have been well-formed. */
export function keepAuthorization(authorization: string, known: KnownAuthorization, signature: string): void {
  const start = signatureStart(authorization)
  if (start > 0 && signature === authorization.slice(start)) {
    knownByBeginning.set(authorization.slice(0, start), known)
  }
}
