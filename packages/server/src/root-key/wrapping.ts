import type { Chance } from '../base/chance.ts'
import { encryptionContextBytes } from '../crypto/encryption-context.ts'
import type { Sealing } from '../crypto/envelope.ts'
import { openSecret, sealSecret } from '../crypto/sealed-secret.ts'
import type { Secret } from '../crypto/secret.ts'

/**
 * What is wrapped under the root key: a label for each use, and what a stored row must still say for its secret to
 * unwrap. A row that was moved to another key, swapped with another or given to another owner does not open.
 */
const purposes = {
  keyMaterial: {
    label: 'claviger wrapped key material v1',
    place: ['account', 'region', 'keyId', 'materialId'],
  },
  publicKey: {
    label: 'claviger wrapped public key v1',
    place: ['account', 'region', 'keyId', 'materialId'],
  },
  journalKey: {
    label: 'claviger wrapped journal key v1',
    place: ['id'],
  },
  digestKey: {
    label: 'claviger wrapped digest key v1',
    place: ['id'],
  },
  secretAccessKey: {
    label: 'claviger wrapped secret access key v1',
    place: ['account', 'owner', 'accessKeyId'],
  },
  serviceSecret: {
    label: 'claviger wrapped service secret v1',
    place: ['service', 'accessKeyId'],
  },
  keyStoreSecret: {
    label: 'claviger wrapped key store secret v1',
    place: ['account', 'region', 'storeId'],
  },
  mfaSeed: {
    label: 'claviger wrapped MFA seed v1',
    place: ['account', 'serialNumber'],
  },
  importKey: {
    label: 'claviger wrapped import key v1',
    place: ['account', 'region', 'keyId', 'algorithm', 'wrappingKeySpec', 'validTo'],
  },
} as const

export type Purpose = keyof typeof purposes

/** Where a wrapped secret belongs; the stored row itself will do, whatever else it holds. */
export type Place<P extends Purpose> = Readonly<Record<(typeof purposes)[P]['place'][number], string>>

export interface Wrapping<P extends Purpose> {
  readonly rootKey: Secret
  readonly purpose: P
  readonly place: Place<P>
}

/** The first byte of everything wrapped: says how, should there ever be a second way. */
const version = 1

/** Wraps a secret under the root key, for one place; base64, fit to be stored. */
export function wrap<P extends Purpose>(content: Secret, wrapping: Wrapping<P>, chance: Chance): string {
  const sealed = sealSecret(content, sealingOf(wrapping), chance)
  return Buffer.concat([Buffer.of(version), sealed]).toString('base64')
}

/** The secret, or `undefined` when the root key, the place or the bytes are not what they were. */
export function unwrap<P extends Purpose>(wrapped: string, wrapping: Wrapping<P>): Secret | undefined {
  const bytes = Buffer.from(wrapped, 'base64')
  return bytes[0] === version ? openSecret(bytes.subarray(1), sealingOf(wrapping)) : undefined
}

function sealingOf<P extends Purpose>({ rootKey, purpose, place }: Wrapping<P>): Sealing {
  const { label, place: names } = purposes[purpose]
  const fields: Readonly<Record<string, string>> = place
  const bound = Object.fromEntries(names.map((name) => [name, fields[name] ?? '']))
  const associatedData = Buffer.concat([Buffer.of(version), encryptionContextBytes(bound)])
  return { secret: rootKey, label, associatedData }
}
