import { constants, type KeyObject, privateEncrypt, publicDecrypt } from 'node:crypto'
import forge from 'node-forge'
import { systemChance } from '../../base/chance.ts'
import type { Signing, Verifying } from './signature-input.ts'

/**
 * RSA signatures over a hash that somebody else made. The arithmetic is OpenSSL's; PKCS#1 v1.5 padding too, and PSS
 * encoding, which Node does not offer apart from hashing, is node-forge's.
 */

export type RsaHash = 'sha256' | 'sha384' | 'sha512'

/** Which hash the message is, which a PKCS#1 v1.5 signature says and a PSS one uses inside. */
export interface Hashed {
  readonly hash: RsaHash
}

/** What stands before a hash in a PKCS#1 v1.5 signature: DER of a DigestInfo (RFC 8017 §9.2, note 1). */
const digestInfoStart: Readonly<Record<RsaHash, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
}

const chance = systemChance()

export function signPkcs1Digest({ privateKey, message: digest, hash }: Signing & Hashed): Buffer {
  const padding = constants.RSA_PKCS1_PADDING
  return privateEncrypt({ key: privateKey, padding }, Buffer.concat([digestInfoStart[hash], digest]))
}

export function verifyPkcs1Digest({
  publicKey,
  message: digest,
  hash,
  signature,
}: Verifying & Hashed): boolean {
  if (signature.length !== bitsOf(publicKey) / 8) return false
  const padding = constants.RSA_PKCS1_PADDING
  // Compared whole, never parsed: leniency about what stands there is how such signatures were forged.
  const opened = publicDecrypt({ key: publicKey, padding }, signature)
  return opened.equals(Buffer.concat([digestInfoStart[hash], digest]))
}

export function signPssDigest({ privateKey, message: digest, hash }: Signing & Hashed): Buffer {
  const salt = latin1(chance.bytes(digest.length))
  const hashed = { digest: () => forge.util.createBuffer(latin1(digest)) } as forge.md.MessageDigest
  const encoded = pssOf(hash, { salt }).encode(hashed, bitsOf(privateKey))
  const padding = constants.RSA_NO_PADDING
  return privateEncrypt({ key: privateKey, padding }, Buffer.from(encoded, 'latin1'))
}

export function verifyPssDigest({
  publicKey,
  message: digest,
  hash,
  signature,
}: Verifying & Hashed): boolean {
  if (signature.length !== bitsOf(publicKey) / 8) return false
  const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, signature)
  const pss = pssOf(hash, { saltLength: digest.length })
  return pss.verify(latin1(digest), latin1(encoded), bitsOf(publicKey))
}

/** RFC 8017 §8.1 as AWS KMS has it: MGF1 and the message share a hash, and the salt is as long as that. */
function pssOf(hash: RsaHash, salt: { readonly salt: string } | { readonly saltLength: number }) {
  const { create } = forge.md[hash]
  return forge.pss.create({ md: create(), mgf: forge.mgf.mgf1.create(create()), ...salt } as PssOptions)
}

type PssOptions = Parameters<typeof forge.pss.create>[0]

function bitsOf({ asymmetricKeyDetails }: KeyObject): number {
  const bits = asymmetricKeyDetails?.modulusLength
  if (bits === undefined) throw new TypeError('the key is an RSA key')
  return bits
}

/** Bytes as node-forge has them: a string with one character for each. */
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
