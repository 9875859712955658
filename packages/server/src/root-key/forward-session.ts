import type { Chance } from '../base/chance.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import type { Secret } from '../crypto/secret.ts'

/**
 * What the credentials of a forward access session stand for. Neither the user nor the service is described here, only
 * named by their credentials: whatever ends those, ends the session.
 */
export interface ForwardSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** The access key id of the service that was given the session. */
  readonly service: string
  /** What the user signed with. */
  readonly user: { readonly accessKeyId: string; readonly sessionToken?: string }
}

/** What tells these tokens from every other at a glance. */
const mark = 'FAS.'

/** A token that holds a session under the root key. */
export function sealForwardSession(session: ForwardSession, rootKey: Secret, chance: Chance): string {
  const sealed = seal(Buffer.from(JSON.stringify(session)), sealingOf(rootKey), chance)
  return `${mark}${sealed.toString('base64url')}`
}

/** The session in a token; `undefined` for any text that was not made by `sealForwardSession`. */
export function openForwardSession(token: string, rootKey: Secret): ForwardSession | undefined {
  if (!token.startsWith(mark)) return undefined
  const opened = open(Buffer.from(token.slice(mark.length), 'base64url'), sealingOf(rootKey))
  return opened === undefined ? undefined : (JSON.parse(opened.toString()) as ForwardSession)
}

function sealingOf(secret: Secret): Sealing {
  return { secret, label: 'claviger forward access session v1', associatedData: nothing }
}

const nothing = Buffer.alloc(0)
