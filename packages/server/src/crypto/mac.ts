import { createHmac, timingSafeEqual } from 'node:crypto'
import { revealAsKey, type Secret } from './secret.ts'

/** Every MAC algorithm of AWS KMS, and OpenSSL's name of its hash. */
const hashes = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
} as const

/** A MAC algorithm, by the name that AWS KMS gives it. */
export type MacAlgorithm = keyof typeof hashes

/** HMAC (FIPS 198-1), at full length. */
export function generateMac(secret: Secret, algorithm: MacAlgorithm, message: Uint8Array): Buffer {
  return createHmac(hashes[algorithm], revealAsKey(secret)).update(message).digest()
}

/** Whether a MAC is the right one, found out without telling by the time it takes how much of it is right. */
export function verifyMac(
  secret: Secret,
  algorithm: MacAlgorithm,
  message: Uint8Array,
  mac: Uint8Array,
): boolean {
  const right = generateMac(secret, algorithm, message)
  return mac.length === right.length && timingSafeEqual(mac, right)
}
