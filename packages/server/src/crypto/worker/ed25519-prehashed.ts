import { ed25519ph } from '@noble/curves/ed25519.js'
import type { Signing, Verifying } from './signature-input.ts'

/** Ed25519ph (RFC 8032 §5.1, FIPS 186-5 §7.8) with an empty context, which Node does not offer. */
export function signEd25519Prehashed({ privateKey, message }: Signing): Uint8Array {
  const seed = privateKey.export({ format: 'raw-private' })
  const signature = ed25519ph.sign(message, seed)
  seed.fill(0)
  return signature
}

export function verifyEd25519Prehashed({ publicKey, message, signature }: Verifying): boolean {
  const point = publicKey.export({ format: 'raw-public' })
  // As RFC 8032 has it; the library's own default is the wider rule of a blockchain.
  return ed25519ph.verify(signature, message, point, { zip215: false })
}
