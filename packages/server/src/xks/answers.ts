import { hash } from 'node:crypto'
import { parseBase64 } from '../protocol/base64.ts'
import { isErrorName, ProxyFailure } from './proxy-failure.ts'

/**
 * A proxy's answers, read as the specification writes them. Whatever is missing, too long or of another kind
 * makes the whole answer one that is not understood: it is better to fail an Encrypt than to hand out a
 * ciphertext that nobody can open.
 */

/** An answer as it came. */
export interface Reply {
  readonly status: number
  readonly body: Uint8Array
}

/** What a proxy's key sealed, with everything that it wants to see again to open it. */
export interface ExternallySealed {
  readonly ciphertext: Uint8Array
  readonly initializationVector: Uint8Array
  readonly authenticationTag: Uint8Array
  /** The proxy's own notes, such as which version of a key it used; at most 20 bytes, and empty where there are none. */
  readonly metadata: Uint8Array
}

/** What a proxy says of one of its keys. */
export interface ExternalKey {
  readonly spec: string
  readonly usages: readonly string[]
  readonly status: string
}

type Members = Readonly<Record<string, unknown>>

const metadataBytesMost = 20

/** @throws ProxyFailure with the error that the proxy names, or that it is not understood */
export function requireSuccess({ status, body }: Reply): Members {
  const members = readMembers(body)
  if (status === 200) return members
  throw isErrorName(members.errorName) ? new ProxyFailure(members.errorName) : notUnderstood()
}

/** @throws ProxyFailure also when no key manager behind the proxy can work */
export function requireHealthy(answer: Members): void {
  const { xksProxyFleetSize: size, ekmFleetDetails: fleet } = answer
  if (!Number.isInteger(size) || Number(size) < 1 || !isList(fleet, 10)) throw notUnderstood()
  for (const name of ['xksProxyVendor', 'xksProxyModel', 'ekmVendor']) requireText(answer[name])
  const states = fleet.map((manager) => {
    if (!isObject(manager)) throw notUnderstood()
    requireText(manager.id)
    requireText(manager.model)
    return manager.healthStatus
  })
  if (!states.every((state) => typeof state === 'string' && healthStates.includes(state))) {
    throw notUnderstood()
  }
  if (states.every((state) => state === 'UNAVAILABLE')) throw new ProxyFailure('unhealthy')
}

const healthStates = ['ACTIVE', 'DEGRADED', 'UNAVAILABLE']

export function readExternalKey({ keySpec, keyUsage, keyStatus }: Members): ExternalKey {
  if (!isList(keyUsage, 10)) throw notUnderstood()
  return { spec: readWord(keySpec), usages: keyUsage.map(readWord), status: readWord(keyStatus) }
}

/**
 * What Encrypt gave. The proxy proves with a hash over all parts that it tried them itself, and that they came
 * here as it sent them (specification, Appendix C).
 */
export function readSealed(
  answer: Members,
  sent: { readonly plaintext: Uint8Array; readonly associatedData: Uint8Array },
): ExternallySealed {
  const sealed = {
    ciphertext: readBytes(answer.ciphertext),
    initializationVector: readBytes(answer.initializationVector),
    authenticationTag: readBytes(answer.authenticationTag),
    metadata: answer.ciphertextMetadata === undefined ? noBytes : readBytes(answer.ciphertextMetadata),
  }
  const isWhole =
    sealed.ciphertext.length === sent.plaintext.length &&
    [12, 16].includes(sealed.initializationVector.length) &&
    sealed.authenticationTag.length === 16 &&
    sealed.metadata.length <= metadataBytesMost &&
    answer.ciphertextDataIntegrityValue === integrityValue(sent.associatedData, sealed)
  if (!isWhole) throw notUnderstood()
  return sealed
}

/** The hash that a proxy puts beside what it encrypted, in base64. */
export function integrityValue(associatedData: Uint8Array, sealed: ExternallySealed): string {
  const { metadata, initializationVector, ciphertext, authenticationTag } = sealed
  const parts = [associatedData, metadata, initializationVector, ciphertext, authenticationTag]
  return hash('sha256', Buffer.concat(parts), 'base64')
}

export function readOpened({ plaintext }: Members, ciphertext: Uint8Array): Uint8Array {
  const opened = readBytes(plaintext)
  if (opened.length !== ciphertext.length) throw notUnderstood()
  return opened
}

const noBytes = new Uint8Array(0)

const notUnderstood = (cause?: unknown) => new ProxyFailure('not understood', { cause })

function readMembers(body: Uint8Array): Members {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // What was wrong with it may quote it, and it may be a plaintext.
    throw notUnderstood()
  }
  if (!isObject(value)) throw notUnderstood()
  return value
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= most
}

function requireText(value: unknown): void {
  if (typeof value !== 'string') throw notUnderstood()
}

/** A name such as `AES_256`. A caller may get to read it, so nothing else passes for one. */
function readWord(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(value)) throw notUnderstood()
  return value
}

function readBytes(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? parseBase64(value) : 'no text'
  if (typeof bytes === 'string') throw notUnderstood()
  return bytes
}
