import type { KeyPairSpec } from './key-pair-spec.ts'
import { type MaterialSpec, type NewMaterial, rawMaterialBytes } from './new-material.ts'
import { readPrivateKey } from './read-private-key.ts'
import { reveal, type Secret } from './secret.ts'

/** As long as any HMAC key may be that is imported (AWS KMS Developer Guide, "Requirements for imported key material"). */
const hmacBytesMost = 128

/**
 * Material for a key of this spec out of what somebody brought: raw bytes of the right number, or the private half
 * of a pair as PKCS#8. `undefined` for anything else.
 */
export function importedMaterial(brought: Secret, keySpec: MaterialSpec): NewMaterial | undefined {
  const bytes = reveal(brought)
  const least = rawMaterialBytes(keySpec)
  if (least === undefined) {
    const pair = readPrivateKey(bytes, keySpec as KeyPairSpec)
    return pair && { secret: pair.privateKey, publicKey: pair.publicKey }
  }
  const most = keySpec === 'SYMMETRIC_DEFAULT' ? least : hmacBytesMost
  return bytes.length >= least && bytes.length <= most ? { secret: brought } : undefined
}
