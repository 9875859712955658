import { hash } from 'node:crypto'
import type { Chance } from '../base/chance.ts'
import {
  type BlobAddress,
  type BlobSealing,
  blobAlgorithms,
  headerBytes,
  headerOf,
} from './ciphertext-blob.ts'
import { encryptionContextBytes, withEncryptionContext } from './encryption-context.ts'
import { envelopeOverheadBytes, open, seal } from './envelope.ts'

/**
 * Ciphertext blobs of keys in external key stores, laid out in docs/ciphertext-blob.md: sealed here first, with the
 * key's own material, and what comes of that encrypted once more by a key that never comes here. Neither side can
 * open one alone. As with all blobs, nothing here may change.
 */

const label = 'claviger ciphertext blob v1, inner layer'

/** What the external key made of the inner layer, and wants to see again. */
export interface OuterLayer {
  readonly ciphertext: Uint8Array
  /** 12 or 16 bytes. */
  readonly initializationVector: Uint8Array
  /** 16 bytes. */
  readonly authenticationTag: Uint8Array
  /** At most 255 bytes. */
  readonly metadata: Uint8Array
}

/** What is sealed here, before the external key has its turn, and the header it is bound to. */
export interface InnerLayer {
  readonly header: Uint8Array
  readonly sealed: Uint8Array
}

const tagBytes = 16

/** Seals the inner layer: with the envelope of every other blob, under a header that says it is not one of those. */
export function sealInner(
  plaintext: Uint8Array,
  sealing: BlobSealing & BlobAddress,
  chance: Chance,
): InnerLayer {
  const { secret, encryptionContext } = sealing
  const header = headerOf(blobAlgorithms.external, sealing)
  const associatedData = withEncryptionContext(header, encryptionContext)
  return { header, sealed: seal(plaintext, { secret, label, associatedData }, chance) }
}

/**
 * What the external key is to authenticate with the inner layer. Of the encryption context only a hash: it may be
 * longer than what an external key store proxy must take, and is nothing a proxy needs to read.
 */
export function outerData(
  header: Uint8Array,
  encryptionContext: Readonly<Record<string, string>>,
): Uint8Array {
  return Buffer.concat([header, hash('sha256', encryptionContextBytes(encryptionContext), 'buffer')])
}

/** The whole blob. */
export function writeExternalBlob(header: Uint8Array, outer: OuterLayer): Buffer {
  const { initializationVector, authenticationTag, metadata, ciphertext } = outer
  return Buffer.concat([
    header,
    Buffer.of(initializationVector.length),
    initializationVector,
    authenticationTag,
    Buffer.of(metadata.length),
    metadata,
    ciphertext,
  ])
}

/** The parts of a blob; `undefined` when it is none of these, or not whole. */
export function readExternalBlob(
  blob: Uint8Array,
): { readonly header: Uint8Array; readonly outer: OuterLayer } | undefined {
  if (blob[1] !== blobAlgorithms.external) return undefined
  const vectorStart = headerBytes + 1
  const vectorBytes = blob[headerBytes] ?? 0
  const tagStart = vectorStart + vectorBytes
  const metadataStart = tagStart + tagBytes + 1
  const ciphertextStart = metadataStart + (blob[tagStart + tagBytes] ?? 0)
  const isWhole = [12, 16].includes(vectorBytes) && blob.length >= ciphertextStart + envelopeOverheadBytes
  if (!isWhole) return undefined
  return {
    header: blob.subarray(0, headerBytes),
    outer: {
      initializationVector: blob.subarray(vectorStart, tagStart),
      authenticationTag: blob.subarray(tagStart, tagStart + tagBytes),
      metadata: blob.subarray(metadataStart, ciphertextStart),
      ciphertext: blob.subarray(ciphertextStart),
    },
  }
}

/** The plaintext; or `undefined` for a wrong key, another encryption context and a changed layer alike. */
export function openInner(
  { header, sealed }: InnerLayer,
  { secret, encryptionContext }: BlobSealing,
): Buffer | undefined {
  const associatedData = withEncryptionContext(header, encryptionContext)
  return open(sealed, { secret, label, associatedData })
}
