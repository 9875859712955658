import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import type { Chance } from '../base/chance.ts'
import { derive } from './kdf.ts'
import type { Secret } from './secret.ts'

const nonceBytes = 32
const keyBytes = 32
const commitmentBytes = 32
const tagBytes = 16
const bodyStart = nonceBytes + commitmentBytes

/** What sealing adds to the plaintext. */
export const envelopeOverheadBytes = nonceBytes + commitmentBytes + tagBytes

/**
 * All zero, always. A GCM initialisation vector must never come twice under one key; here no key comes twice,
 * since each is derived from 32 fresh random bytes, and 2^96 messages under one secret are far out of reach.
 */
const zeroIv = Buffer.alloc(12)

export interface Sealing {
  readonly secret: Secret
  /** The use it is sealed for. What is sealed for one use does not open for another. */
  readonly label: string
  readonly associatedData: Uint8Array
}

/**
 * Seals bytes under a secret: nonce (32) || key commitment (32) || AES-256-GCM ciphertext || tag (16).
 *
 * Key and commitment are the two halves of one KDF block over nonce and associated data. GCM alone promises
 * nothing to somebody who knows two keys: there are ciphertexts that open under both. The commitment rules that
 * out, and since the associated data went into it as well, so is one ciphertext with two encryption contexts,
 * even by someone who brought the key material himself.
 *
 * @param header what is to stand before it all, as it is
 */
export function seal(
  plaintext: Uint8Array,
  { secret, label, associatedData }: Sealing,
  chance: Chance,
  header: Uint8Array = noBytes,
): Buffer {
  const start = header.length
  const sealed = Buffer.allocUnsafe(start + plaintext.length + envelopeOverheadBytes)
  const nonce = chance.bytes(nonceBytes)
  const derived = derive(secret, label, nonce, associatedData)
  const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, keyBytes), zeroIv).setAAD(associatedData)
  sealed.set(header, 0)
  sealed.set(nonce, start)
  sealed.set(derived.subarray(keyBytes), start + nonceBytes)
  sealed.set(cipher.update(plaintext), start + bodyStart)
  // GCM holds nothing back: `final` is always empty, and makes the tag.
  cipher.final()
  sealed.set(cipher.getAuthTag(), start + bodyStart + plaintext.length)
  derived.fill(0)
  return sealed
}

const noBytes = new Uint8Array(0)

/**
 * Opens what `seal` made with the same secret, label and associated data. Everything else is one `undefined`:
 * whether the key, the context or the bytes were wrong is nothing an attacker should learn, by words or by
 * time, so commitment and tag are both checked before either answers.
 */
export function open(sealed: Uint8Array, { secret, label, associatedData }: Sealing): Buffer | undefined {
  if (sealed.length < envelopeOverheadBytes) return undefined
  const derived = derive(secret, label, sealed.subarray(0, nonceBytes), associatedData)
  const isCommitted = timingSafeEqual(derived.subarray(keyBytes), sealed.subarray(nonceBytes, bodyStart))
  const plaintext = decrypted(sealed.subarray(bodyStart), derived.subarray(0, keyBytes), associatedData)
  derived.fill(0)
  if (isCommitted) return plaintext
  plaintext?.fill(0)
  return undefined
}

function decrypted(body: Uint8Array, key: Uint8Array, associatedData: Uint8Array): Buffer | undefined {
  const end = body.length - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, zeroIv, { authTagLength: tagBytes })
  decipher.setAAD(associatedData).setAuthTag(body.subarray(end))
  const plaintext = decipher.update(body.subarray(0, end))
  try {
    decipher.final()
    return plaintext
  } catch {
    // The tag does not fit. What was decrypted on the way is nobody's to see.
    plaintext.fill(0)
    return undefined
  }
}
