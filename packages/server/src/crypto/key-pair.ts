import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type KeyPairSpec, keyPairSpecs } from './key-pair-spec.ts'
import { PublicKey } from './public-key.ts'
import { Secret } from './secret.ts'
import { inSlowQueue, inThreadPool } from './thread-pool.ts'

export type { KeyPairSpec } from './key-pair-spec.ts'

export interface KeyPair {
  /** PKCS#8 DER (RFC 5958). */
  readonly privateKey: Secret
  readonly publicKey: PublicKey
}

type Generate = (
  type: string,
  options: object,
) => Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }>

const generate = promisify(generateKeyPair) as unknown as Generate

/** A pair that is not ours to keep: both halves in the clear, for whoever asked. They wipe the private one. */
export interface PlainKeyPair {
  /** PKCS#8 DER (RFC 5958). */
  readonly privateKey: Uint8Array
  /** DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
  readonly publicKey: Uint8Array
}

/** A fresh pair by OpenSSL's own generator, off the event loop: a large RSA key takes seconds. */
export async function newKeyPair(spec: KeyPairSpec): Promise<KeyPair> {
  const { privateKey, publicKey } = await newPlainKeyPair(spec)
  const pair = { privateKey: new Secret(privateKey), publicKey: new PublicKey(publicKey) }
  privateKey.fill(0)
  return pair
}

/** The same for somebody to take away. */
export async function newPlainKeyPair(spec: KeyPairSpec): Promise<PlainKeyPair> {
  const [type, options] = keyPairSpecs[spec]
  const task = () => inThreadPool(() => generate(type, options))
  const { publicKey, privateKey } = await (type === 'rsa' ? inSlowQueue(task) : task())
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
  }
}
