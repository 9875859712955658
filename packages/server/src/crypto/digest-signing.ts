import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { revealAsPrivateKey, Secret } from './secret.ts'

/** A fresh RSA key that signs what CloudTrail signs with RSA: digest files. @returns PKCS#8 DER */
export function newDigestKey(): Secret {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' })
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2) of a text's UTF-8 bytes, in hex. */
export function signDigest(privateKey: Secret, text: string): string {
  return sign('sha256', Buffer.from(text), revealAsPrivateKey(privateKey)).toString('hex')
}

/** The public half as CloudTrail gives it out, PKCS#1 DER in base64, and 128 bits that it is named by, in hex. */
export function digestPublicKey(privateKey: Secret): {
  readonly publicKey: string
  readonly fingerprint: string
} {
  const der = createPublicKey(revealAsPrivateKey(privateKey)).export({ format: 'der', type: 'pkcs1' })
  const fingerprint = createHash('sha256').update(der).digest('hex').slice(0, 32)
  return { publicKey: der.toString('base64'), fingerprint }
}
