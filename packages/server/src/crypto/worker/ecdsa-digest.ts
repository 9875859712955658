import type { KeyObject } from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Signing, Verifying } from './signature-input.ts'

/** ECDSA over a hash that somebody else made: Node hashes whatever it is given, so this one thing is noble's. */

const curves: Readonly<Record<string, typeof p256>> = {
  prime256v1: p256,
  secp384r1: p384,
  secp521r1: p521,
  secp256k1,
}

/** As OpenSSL does it: both halves of the group are fine, also where Bitcoin would have the lower one. */
const asOpenSsl = { prehash: false, format: 'der', lowS: false } as const

/** A DER signature. The nonce is RFC 6979's with fresh randomness mixed in (§3.6), so that faults tell nothing. */
export function signEcdsaDigest({ privateKey, message: digest }: Signing): Uint8Array {
  const scalar = privateKey.export({ format: 'raw-private' })
  const signature = curveOf(privateKey).sign(digest, scalar, { ...asOpenSsl, extraEntropy: true })
  scalar.fill(0)
  return signature
}

export function verifyEcdsaDigest({ publicKey, message: digest, signature }: Verifying): boolean {
  const point = publicKey.export({ format: 'raw-public' })
  return curveOf(publicKey).verify(signature, digest, point, asOpenSsl)
}

function curveOf({ asymmetricKeyDetails }: KeyObject) {
  const curve = curves[asymmetricKeyDetails?.namedCurve ?? '']
  if (curve === undefined) throw new TypeError('the key is on a curve that signs')
  return curve
}
