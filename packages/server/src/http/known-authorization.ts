import { LRUCache } from 'lru-cache'
import type { CanonicalBytes } from '../sigv4/canonical-bytes.ts'
import type { SigningScope } from '../sigv4/signing-key.ts'
import type { FieldNames } from './head-fields.ts'

/** All of an Authorization header but its signature, understood. */
export interface KnownAuthorization {
  /** As it was sent, up to the signature. */
  readonly beginning: string
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** Access key and scope as one text. */
  readonly text: string
  /** Lower-case and sorted. */
  readonly signedHeaders: readonly string[]
  /** Where the canonical requests of those that verify are written over each other; absent before the first. */
  canonical: CanonicalBytes | undefined
}

/**
 * A client's requests of one day have the same Authorization header up to the signature, which SDKs write last. What was
 * well-formed once is so again with any other signature, as long as that is one.
 */
const knownByBeginning = new LRUCache<string, KnownAuthorization>({ max: 1000 })

/** Far longer than what SDKs send; longer ones are not worth the memory. */
const charactersMost = 1024
const mark = 'Signature='

/** Where the signature of a header begins that has it last and is not unusual otherwise; zero for any other. */
function signatureStart(authorization: string): number {
  const start = authorization.length - 64
  const isUsual =
    authorization.length <= charactersMost &&
    authorization.slice(start - mark.length, start) === mark &&
    isOneWord(authorization.slice(start))
  return isUsual ? start : 0
}

/** Whether this is all of a part and only that; that it is hexadecimal shows when it is compared with the right one. */
const isOneWord = (text: string) => !text.includes(',') && text.trim() === text

/**
 * By the names of a head, what was last found to sign all of them that must be signed. Over a connection come the requests
 * of one client, so this is mostly the one that is looked for.
 */
const lastByNames = new WeakMap<FieldNames, KnownAuthorization>()

/** A header that begins like another before it. */
interface Recognized {
  readonly known: KnownAuthorization
  readonly signature: string
  /** Whether it was already found to sign all of these names that must be signed. */
  readonly signsNames: boolean
}

/** What was kept of another header with the same beginning, and this one's signature. */
export function recognize(authorization: string, names: FieldNames | undefined): Recognized | undefined {
  const start = signatureStart(authorization)
  if (start === 0) return undefined
  const beginning = authorization.slice(0, start)
  const last = names && lastByNames.get(names)
  const known = last?.beginning === beginning ? last : knownByBeginning.get(beginning)
  return known && { known, signature: authorization.slice(start), signsNames: known === last }
}

/** Keeps that a header signs all of these names that must be signed. */
export function keepSigned(names: FieldNames, known: KnownAuthorization): void {
  lastByNames.set(names, known)
}

/** Keeps what a header was read as, for the next with the same beginning. It must have been well-formed. */
export function keepAuthorization(
  authorization: string,
  signature: string,
  read: Omit<KnownAuthorization, 'beginning' | 'canonical'>,
): void {
  const start = signatureStart(authorization)
  if (start === 0 || signature !== authorization.slice(start)) return
  const beginning = authorization.slice(0, start)
  knownByBeginning.set(beginning, { ...read, beginning, canonical: undefined })
}
