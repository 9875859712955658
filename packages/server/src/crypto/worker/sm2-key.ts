import type { KeyObject } from 'node:crypto'
import { DER } from '@noble/curves/abstract/der.js'

/**
 * SM2 keys byte by byte. OpenSSL reads and writes them, but Node has no name for their type and so shows nothing of
 * what is in them.
 */

/** AlgorithmIdentifier without its outer tag: an elliptic-curve key on the SM2 curve (GM/T 0006). */
const sm2Algorithm = Buffer.from('06072a8648ce3d020106082a811ccf5501822d', 'hex')

/** SubjectPublicKeyInfo of a point that is written out, up to that point (RFC 5480 §2). */
const spkiStart = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex')
const pointBytes = 65
const scalarBytes = 32

/** PKCS#8 (RFC 5958) with an ECPrivateKey (RFC 5915) that carries its point: what OpenSSL writes for a new key. */
const pkcs8Start = Buffer.from(
  '308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420',
  'hex',
)
const pkcs8Middle = Buffer.from('a144034200', 'hex')

const [sequence, integer, octetString] = [0x30, 0x02, 0x04]

/** The point of a public key, uncompressed; `undefined` for anything but an SM2 key in its usual form. */
export function sm2Point(publicKey: KeyObject): Buffer | undefined {
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const isSm2 = spki.length === spkiStart.length + pointBytes && spki.indexOf(spkiStart) === 0
  return isSm2 ? spki.subarray(spkiStart.length) : undefined
}

/** The secret number of an SM2 key, for whoever uses it to wipe; throws for any other key. */
export function sm2Scalar(privateKey: KeyObject): Uint8Array {
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const info = DER._tlv.decode(sequence, pkcs8).v
  const algorithm = DER._tlv.decode(sequence, DER._tlv.decode(integer, info).l)
  if (!sm2Algorithm.equals(algorithm.v)) throw new TypeError('the key is an SM2 key')
  const wrapped = DER._tlv.decode(octetString, algorithm.l).v
  const ecPrivateKey = DER._tlv.decode(sequence, wrapped).v
  const scalar = DER._tlv.decode(octetString, DER._tlv.decode(integer, ecPrivateKey).l).v
  if (scalar.length !== scalarBytes) throw new RangeError('an SM2 scalar has 32 bytes')
  const copy = Uint8Array.from(scalar)
  pkcs8.fill(0)
  return copy
}

/** An SM2 key pair in the one form that we keep. */
export function sm2Pkcs8(scalar: Uint8Array, point: Uint8Array): Buffer {
  return Buffer.concat([pkcs8Start, scalar, pkcs8Middle, point])
}

/** A public key from its point. */
export function sm2Spki(point: Uint8Array): Buffer {
  return Buffer.concat([spkiStart, point])
}
