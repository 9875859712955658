import type { Chance } from '../base/chance.ts'
import { type KeyPairSpec, newKeyPair } from './key-pair.ts'
import { PublicKey } from './public-key.ts'
import { reveal, Secret } from './secret.ts'

/** What a key is made of: a secret, and for a pair what everybody may know of it. */
export interface NewMaterial {
  /** Raw bytes, or a pair's private half as PKCS#8 DER (RFC 5958). */
  readonly secret: Secret
  readonly publicKey?: PublicKey
}

/** Key specs whose material is nothing but random bytes: as many as the security strength asks for. */
const bytesBySpec = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
} as const

type RandomSpec = keyof typeof bytesBySpec

/** Whatever material is made for: every key spec. */
export type MaterialSpec = RandomSpec | KeyPairSpec

/** How long the raw material of a spec is, in bytes; `undefined` for specs whose material is a pair. */
export function rawMaterialBytes(keySpec: string): number | undefined {
  return Object.hasOwn(bytesBySpec, keySpec) ? bytesBySpec[keySpec as RandomSpec] : undefined
}

/** Fresh material for a key of this spec. Pairs are made off the event loop: RSA takes its time. */
export async function newMaterial(keySpec: MaterialSpec, chance: Chance): Promise<NewMaterial> {
  const count = rawMaterialBytes(keySpec)
  if (count === undefined) {
    const { privateKey, publicKey } = await newKeyPair(keySpec as KeyPairSpec)
    return { secret: privateKey, publicKey }
  }
  const bytes = chance.bytes(count)
  const secret = new Secret(bytes)
  bytes.fill(0)
  return { secret }
}

/** A public key that was wrapped as if it were secret, so that nobody could put another in its place. */
export function publicKeyIn(wrapped: Secret): PublicKey {
  return new PublicKey(Uint8Array.from(reveal(wrapped)))
}
