import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Chance } from '../base/chance.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import type { Secret } from '../crypto/secret.ts'
import type { Session } from '../identity/session.ts'

/** The first byte of every token: says how it is made, should there ever be a second way. */
const version = 1

/** No longer token was ever made: what is longer is not opened. */
const tokenCharactersMost = 8192

/**
 * A session as the token that its holder sends along: sealed under the root key and bound to its access key id, so that
 * it says nothing to them, cannot be changed, and does not open beside another session's key.
 */
export function sealSessionToken(session: Session, rootKey: Secret, chance: Chance): string {
  const sealed = seal(packed(session), sealingFor(session.accessKeyId, rootKey), chance)
  return Buffer.concat([Buffer.of(version), sealed]).toString('base64')
}

/** The session that was sealed; `undefined` for any other text and beside any other access key. */
export function openSessionToken(token: string, accessKeyId: string, rootKey: Secret): Session | undefined {
  if (token.length > tokenCharactersMost) return undefined
  const bytes = Buffer.from(token, 'base64')
  if (bytes[0] !== version || bytes.toString('base64') !== token) return undefined
  const opened = open(bytes.subarray(1), sealingFor(accessKeyId, rootKey))
  if (opened === undefined) return undefined
  const session = JSON.parse(inflateRawSync(opened).toString()) as Session
  opened.fill(0)
  return session
}

/** How much room a token has for session policies and tags, in bytes once they are packed: what AWS keeps to itself. */
const packedBytesMost = 2400

/** How much of that room these take, in per cent. */
export function packedPercentage({ policies, tags }: Pick<Session, 'policies' | 'tags'>): number {
  return Math.ceil((packed([policies, tags]).length * 100) / packedBytesMost)
}

function packed(value: object): Buffer {
  return deflateRawSync(JSON.stringify(value))
}

function sealingFor(accessKeyId: string, secret: Secret): Sealing {
  return { secret, label: 'claviger session token v1', associatedData: Buffer.from(accessKeyId) }
}
