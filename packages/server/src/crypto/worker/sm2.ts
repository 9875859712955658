import type { KeyObject } from 'node:crypto'
import { DER } from '@noble/curves/abstract/der.js'
import { sm2 } from 'sm-crypto-v2'
import type { Signing, Verifying } from './signature-input.ts'
import { sm2Point, sm2Scalar } from './sm2-key.ts'

/**
 * SM2 (GB/T 32918): OpenSSL knows it, but through Node signs with no distinguishing identifier and encrypts nothing.
 * The schemes are sm-crypto-v2's. It leaves the wire forms and some checks to whoever calls it; those are here. It
 * takes secret numbers as text, which cannot be wiped; in a worker they are at least nobody else's neighbours.
 */

/** The identifier that is meant when none is given (GM/T 0009 §10), which is the one AWS KMS signs with. */
const defaultId = '1234567812345678'

/** C1 || C3 || C2: point, check value, ciphertext. */
const order = 1
const pointBytes = 64
const checkBytes = 32

/** The order of the curve's group (GB/T 32918.5 §A). */
const groupOrder = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n

const [sequence, integer, octetString] = [0x30, 0x02, 0x04]

/** Whether the message is SM3 over the signer's Z value and the message proper, made by somebody else. */
export interface Sm3Hashed {
  readonly hashed: boolean
}

/** An SM2 signature, DER as an ECDSA one (GM/T 0009 §7.3). */
export function signSm2({ privateKey, message, hashed }: Signing & Sm3Hashed): Buffer {
  const scalar = sm2Scalar(privateKey)
  const signature = sm2.doSignature(message, hexOf(scalar), { hash: !hashed, userId: defaultId })
  scalar.fill(0)
  return Buffer.from(DER.hexFromSig({ r: numberOf(signature, 0), s: numberOf(signature, 1) }), 'hex')
}

export function verifySm2({ publicKey, message, hashed, signature }: Verifying & Sm3Hashed): boolean {
  const { r, s } = DER.toSig(signature)
  // GB/T 32918.2 §7.1, B1 and B2.
  if (r === 0n || s === 0n || r >= groupOrder || s >= groupOrder) return false
  const numbers = [r, s].map((each) => each.toString(16).padStart(64, '0')).join('')
  const point = hexOf(pointOf(publicKey))
  return sm2.doVerifySignature(message, numbers, point, { hash: !hashed, userId: defaultId })
}

/** What `encryptSm2` takes. */
export interface Encrypting {
  readonly publicKey: KeyObject
  readonly plaintext: Uint8Array
}

/** What `decryptSm2` takes. */
export interface Decrypting {
  readonly privateKey: KeyObject
  readonly ciphertext: Uint8Array
}

/** What `agreeSm2` takes: our half of one pair, and theirs of another. */
export interface Agreeing {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** SM2PKE: SEQUENCE { x INTEGER, y INTEGER, check OCTET STRING, ciphertext OCTET STRING } (GM/T 0009 §7.2). */
export function encryptSm2({ publicKey, plaintext }: Encrypting): Buffer {
  if (plaintext.length === 0) throw new RangeError('SM2 does not encrypt nothing')
  const point = hexOf(pointOf(publicKey))
  for (;;) {
    const parts = Buffer.from(sm2.doEncrypt(plaintext, point, order), 'hex')
    const ciphertext = parts.subarray(pointBytes + checkBytes)
    // A key stream of zeros, which hides nothing, is drawn anew (GB/T 32918.4 §6.1, A5); the library would not.
    if (ciphertext.equals(plaintext)) continue
    const check = parts.subarray(pointBytes, pointBytes + checkBytes)
    const numbers = [0, 1].map((place) =>
      DER._tlv.encode(integer, DER._int.encode(numberOf(hexOf(parts), place))),
    )
    const octets = [check, ciphertext].map((each) => DER._tlv.encode(octetString, hexOf(each)))
    return Buffer.from(DER._tlv.encode(sequence, [...numbers, ...octets].join('')), 'hex')
  }
}

/** The plaintext, or `undefined` for whatever was not encrypted to this key. */
export function decryptSm2({ privateKey, ciphertext: sealed }: Decrypting): Uint8Array | undefined {
  const { point, check, ciphertext } = parseCiphertext(sealed)
  const scalar = sm2Scalar(privateKey)
  // Given as one string the library checks that the point is on the curve, given as ASN.1 it does not: a point off it
  // would tell about the key.
  const parts = `${point}${hexOf(check)}${hexOf(ciphertext)}`
  const plaintext = sm2.doDecrypt(parts, hexOf(scalar), order, { output: 'array' })
  scalar.fill(0)
  const opens = plaintext.length === ciphertext.length && !Buffer.from(plaintext).equals(ciphertext)
  return opens ? plaintext : undefined
}

function parseCiphertext(bytes: Uint8Array) {
  const { v: body, l: rest } = DER._tlv.decode(sequence, bytes)
  const x = DER._tlv.decode(integer, body)
  const y = DER._tlv.decode(integer, x.l)
  const check = DER._tlv.decode(octetString, y.l)
  const ciphertext = DER._tlv.decode(octetString, check.l)
  if (rest.length + ciphertext.l.length > 0 || check.v.length !== checkBytes || ciphertext.v.length === 0) {
    throw new RangeError('an SM2 ciphertext has four parts')
  }
  const point = [x.v, y.v].map((each) => DER._int.decode(each).toString(16).padStart(64, '0')).join('')
  if (point.length !== 2 * pointBytes) throw new RangeError('a coordinate has 32 bytes')
  return { point, check: check.v, ciphertext: ciphertext.v }
}

/** The x coordinate that both sides of an ECDH over the SM2 curve come to. */
export function agreeSm2({ privateKey, publicKey }: Agreeing): Uint8Array {
  const scalar = sm2Scalar(privateKey)
  // Uncompressed: a byte that says so, x, y. The library has checked that what it was given is on the curve.
  const point = sm2.ecdh(scalar, pointOf(publicKey), false)
  scalar.fill(0)
  return point.slice(1, 33)
}

function pointOf(publicKey: KeyObject): Buffer {
  const point = sm2Point(publicKey)
  if (point === undefined) throw new TypeError('the key is an SM2 key')
  return point
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** The n-th of the 32-byte numbers that some hex digits begin with. */
const numberOf = (hex: string, place: number) => BigInt(`0x${hex.slice(place * 64, place * 64 + 64)}`)
