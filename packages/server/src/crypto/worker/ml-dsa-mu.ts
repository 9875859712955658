import type { KeyObject } from 'node:crypto'
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js'
import type { Signing, Verifying } from './signature-input.ts'

/** ML-DSA from the message representative µ on (FIPS 204 §6.2, the step after line 6), which Node does not offer. */

const sizes: Readonly<Record<string, typeof ml_dsa44>> = {
  'ml-dsa-44': ml_dsa44,
  'ml-dsa-65': ml_dsa65,
  'ml-dsa-87': ml_dsa87,
}

/** A hedged signature, as OpenSSL makes them. */
export function signMlDsaMu({ privateKey, message: mu }: Signing): Uint8Array {
  const seed = privateKey.export({ format: 'raw-seed' })
  const size = sizeOf(privateKey)
  const { secretKey } = size.keygen(seed)
  const signature = size.internal.sign(mu, secretKey, { externalMu: true })
  seed.fill(0)
  secretKey.fill(0)
  return signature
}

export function verifyMlDsaMu({ publicKey, message: mu, signature }: Verifying): boolean {
  const encoded = publicKey.export({ format: 'raw-public' })
  return sizeOf(publicKey).internal.verify(signature, mu, encoded, { externalMu: true })
}

function sizeOf({ asymmetricKeyType }: KeyObject) {
  const size = sizes[asymmetricKeyType ?? '']
  if (size === undefined) throw new TypeError('the key is an ML-DSA key')
  return size
}
