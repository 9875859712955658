import { type KeyObject, verify } from 'node:crypto'
import { encode } from 'cborg'
import { requireDocument } from './require-document.ts'
import { decodeCbor } from './strict-cbor.ts'

/** A signed message (RFC 9052 §4.2) whose signature nobody has looked at yet. */
export interface CoseSign1 {
  /** As it was sent: the signature is over these bytes, not over what they mean. */
  readonly protectedHeader: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

const payloadBytesMost = 16_384
/** Two P-384 integers of 48 bytes. */
const signatureBytes = 96
const envelopeBytesMost = 32

/** CBOR tag 18 in its one strict form. A document may come with it or without (RFC 9052 §2). */
const tagByte = 0xd2

const algorithmLabel = 1
/** ECDSA with SHA-384 (RFC 9053 §2.1). */
const es384 = -35

/** A signed message as attestation documents come: ES384, and nothing said outside the signature. @throws Refusal */
export function readCoseSign1(bytes: Uint8Array): CoseSign1 {
  requireDocument(bytes.length <= payloadBytesMost + signatureBytes + envelopeBytesMost, 'it is too long')
  const notCose = 'it is not a COSE_Sign1 message'
  const message = decodeCbor(bytes[0] === tagByte ? bytes.subarray(1) : bytes, notCose)
  requireDocument(Array.isArray(message) && message.length === 4, notCose)
  const [protectedHeader, unprotected, payload, signature] = message as readonly unknown[]
  requireDocument(protectedHeader instanceof Uint8Array, notCose)
  requireDocument(isEs384(decodeCbor(protectedHeader, notCose)), 'its algorithm is not ES384')
  requireDocument(unprotected instanceof Map && unprotected.size === 0, 'it has an unprotected header')
  requireDocument(payload instanceof Uint8Array, notCose)
  requireDocument(
    payload.length > 0 && payload.length <= payloadBytesMost,
    'its payload is too long or empty',
  )
  requireDocument(
    signature instanceof Uint8Array && signature.length === signatureBytes,
    'its signature is not of 96 bytes',
  )
  return { protectedHeader, payload, signature }
}

function isEs384(header: unknown): boolean {
  return header instanceof Map && header.size === 1 && header.get(algorithmLabel) === es384
}

/** Whether a P-384 key made the signature. */
export function isSignedWith(
  publicKey: KeyObject,
  { protectedHeader, payload, signature }: CoseSign1,
): boolean {
  const externalData = new Uint8Array()
  const signed = encode(['Signature1', protectedHeader, externalData, payload])
  return verify('sha384', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
}
