import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Chance } from '../base/chance.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import type { Secret } from '../crypto/secret.ts'

/** What is known of a denial, for the account whose user was denied. */
export interface SealedDenial {
  readonly account: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly details: object
}

/** No longer message is made: it has to fit into a header beside others, and into a request that asks what it means. */
const charactersMost = 8192

/** A denial as a text that says nothing to whoever passes it on; `undefined` for one that would be too long for that. */
export function sealAuthorizationMessage(
  denial: SealedDenial,
  rootKey: Secret,
  chance: Chance,
): string | undefined {
  const packed = deflateRawSync(JSON.stringify(denial))
  const text = seal(packed, sealingOf(rootKey), chance).toString('base64url')
  return text.length > charactersMost ? undefined : text
}

/** The denial in a text, its details as JSON; `undefined` for any text that was not made by `sealAuthorizationMessage`. */
export function openAuthorizationMessage(
  text: string,
  rootKey: Secret,
): (Omit<SealedDenial, 'details'> & { readonly json: string }) | undefined {
  if (text.length > charactersMost || !/^[\w-]+$/.test(text)) return undefined
  const opened = open(Buffer.from(text, 'base64url'), sealingOf(rootKey))
  if (opened === undefined) return undefined
  const { account, at, details } = JSON.parse(inflateRawSync(opened).toString()) as SealedDenial
  return { account, at, json: JSON.stringify(details) }
}

function sealingOf(secret: Secret): Sealing {
  return { secret, label: 'claviger authorization message v1', associatedData: nothing }
}

const nothing = Buffer.alloc(0)
