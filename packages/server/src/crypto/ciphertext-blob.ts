import type { Chance } from '../base/chance.ts'
import { invariant } from '../base/invariant.ts'
import { withEncryptionContext } from './encryption-context.ts'
import { envelopeOverheadBytes, open, seal } from './envelope.ts'
import type { Secret } from './secret.ts'

/**
 * The bytes that `Encrypt` gives and `Decrypt` takes, laid out in docs/ciphertext-blob.md. Blobs outlive
 * releases: nothing here may change, only a further version or algorithm be added beside it.
 */

/** Not 0x01, with which AWS's own blobs begin: one that strayed in from there is told apart at once. */
const version = 0xc1
/** How a blob is sealed: its second byte. */
export const blobAlgorithms = {
  /** SYMMETRIC_DEFAULT: SP 800-108r1 counter mode with HMAC-SHA-512, AES-256-GCM, key commitment. */
  own: 0x01,
  /** The same, and encrypted once more by a key outside: `external-blob.ts`. */
  external: 0x02,
} as const
type BlobAlgorithm = (typeof blobAlgorithms)[keyof typeof blobAlgorithms]
const label = 'claviger ciphertext blob v1'

const accountStart = 2
const keyFormStart = 8
const keyIdStart = 9
const materialIdStart = 25
export const headerBytes = 57

/** What a blob is longer than its plaintext. */
export const blobOverheadBytes = headerBytes + envelopeOverheadBytes

/** Which material sealed a blob, written in its header for all to read. */
export interface BlobAddress {
  /** Twelve digits. */
  readonly account: string
  /** A lower-case UUID, or `mrk-` and 32 hex digits. */
  readonly keyId: string
  /** 64 hex digits. */
  readonly materialId: string
}

/**
 * What a blob says of itself, without any secret; `undefined` when it is no blob of ours. Nothing of it is
 * proven before the blob opens: whoever sent it may have written anything.
 */
export function describeBlob(blob: Uint8Array): BlobAddress | undefined {
  if (!isSealedBy('own', blob) && !isSealedBy('external', blob)) return undefined
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length)
  const account = bytes.readUIntBE(accountStart, 6)
  const form = keyForms[bytes.readUInt8(keyFormStart)]
  if (account > 999_999_999_999 || form === undefined) return undefined
  return {
    account: String(account).padStart(12, '0'),
    keyId: form.write(bytes.toString('hex', keyIdStart, materialIdStart)),
    materialId: bytes.toString('hex', materialIdStart, headerBytes),
  }
}

/** Whether it begins like a blob of ours of this sort, and is long enough to be one. */
function isSealedBy(algorithm: keyof typeof blobAlgorithms, blob: Uint8Array): boolean {
  return blob.length >= blobOverheadBytes && blob[0] === version && blob[1] === blobAlgorithms[algorithm]
}

export interface BlobSealing {
  readonly secret: Secret
  readonly encryptionContext: Readonly<Record<string, string>>
}

export function sealBlob(plaintext: Uint8Array, sealing: BlobSealing & BlobAddress, chance: Chance): Buffer {
  const { secret, encryptionContext } = sealing
  const header = keptHeader(sealing)
  const associatedData = withEncryptionContext(header, encryptionContext)
  return seal(plaintext, { secret, label, associatedData }, chance, header)
}

/** The plaintext; or `undefined` for a wrong key, another encryption context and a changed blob alike. */
export function openBlob(blob: Uint8Array, { secret, encryptionContext }: BlobSealing): Buffer | undefined {
  if (!isSealedBy('own', blob)) return undefined
  const associatedData = withEncryptionContext(blob.subarray(0, headerBytes), encryptionContext)
  return open(blob.subarray(headerBytes), { secret, label, associatedData })
}

/** Headers by the secret that they are used with: every blob of one key and material begins the same. */
const headers = new WeakMap<Secret, { readonly address: BlobAddress; readonly header: Buffer }>()

function keptHeader({ secret, account, keyId, materialId }: BlobSealing & BlobAddress): Buffer {
  const kept = headers.get(secret)
  const isSame =
    kept !== undefined &&
    kept.address.materialId === materialId &&
    kept.address.keyId === keyId &&
    kept.address.account === account
  if (isSame) return kept.header
  const address = { account, keyId, materialId }
  const header = headerOf(blobAlgorithms.own, address)
  headers.set(secret, { address, header })
  return header
}

/** The header: how it is sealed, and under which material. */
export function headerOf(algorithm: BlobAlgorithm, { account, keyId, materialId }: BlobAddress): Buffer {
  const form = keyForms.findIndex(({ pattern }) => pattern.test(keyId))
  invariant(/^\d{12}$/.test(account), 'an account is twelve digits')
  invariant(form >= 0, 'a key id is a UUID or a multi-Region id')
  invariant(/^[0-9a-f]{64}$/.test(materialId), 'a material id is 64 hex digits')
  const header = Buffer.allocUnsafe(headerBytes)
  header[0] = version
  header[1] = algorithm
  header.writeUIntBE(Number(account), accountStart, 6)
  header[keyFormStart] = form
  header.write(keyId.replace('mrk-', '').replaceAll('-', ''), keyIdStart, 'hex')
  header.write(materialId, materialIdStart, 'hex')
  return header
}

/** The two ways a key id is written; a row's place is its byte in the header. */
const keyForms = [
  {
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    write: (hex: string) =>
      `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  },
  { pattern: /^mrk-[0-9a-f]{32}$/, write: (hex: string) => `mrk-${hex}` },
]
