import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { revealAsPrivateKey, Secret } from './secret.ts'

/**
 * A fresh Ed25519 key that signs what this service says of itself.
 *
 * @returns the private half as PKCS#8 DER (RFC 8410 §7)
 */
export function newSigningKey(): Secret {
  const { privateKey } = generateKeyPairSync('ed25519')
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' })
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}

/** The Ed25519 signature (RFC 8032 §5.1) of a text's UTF-8 bytes, base64. */
export function signText(privateKey: Secret, text: string): string {
  return sign(null, Buffer.from(text), revealAsPrivateKey(privateKey)).toString('base64')
}

/** The public half of a signing key, PEM SubjectPublicKeyInfo. */
export function publicKeyPem(privateKey: Secret): string {
  return createPublicKey(revealAsPrivateKey(privateKey)).export({ format: 'pem', type: 'spki' }).toString()
}
