import { invariant } from '../../../base/invariant.ts'
import { type Soon, whenHere } from '../../../base/soon.ts'
import type { KeyEntry } from '../../../catalog/key-entry.ts'
import { type KeyType, keyTypeOf } from '../../../keys/key-spec.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type { OriginType } from '../../../protocol/models/kms.ts'
import { asymmetric } from './asymmetric.ts'
import type { Cipher, Decrypted, Encrypted, ToDecrypt, ToEncrypt, Use } from './cipher.ts'
import { external } from './external.ts'
import { symmetric } from './symmetric.ts'

/** How keys of each type encrypt; a type that is not here encrypts nothing. */
const cipherByType: Readonly<Partial<Record<KeyType, Cipher>>> = { symmetric, asymmetric }

/** Origins whose keys encrypt in a way of their own, whatever their type. */
const cipherByOrigin: Readonly<Partial<Record<OriginType, Cipher>>> = { EXTERNAL_KEY_STORE: external }

/** A ciphertext of these bytes under the key's current material. */
export function encryptUnder(key: KeyEntry, message: ToEncrypt, use: Use): Soon<Encrypted> {
  return cipherOf(key).encrypt(key, message, use)
}

/**
 * What a ciphertext of this key holds.
 *
 * @throws Refusal `InvalidCiphertextException` for whatever does not open, without saying why
 */
export function decryptUnder(key: KeyEntry, message: ToDecrypt, use: Use): Soon<Decrypted> {
  return whenHere(cipherOf(key).decrypt(key, message, use), (opened) => {
    if (opened === undefined) throw new Refusal('InvalidCiphertextException')
    return opened
  })
}

function cipherOf({ key }: KeyEntry): Cipher {
  const type = keyTypeOf(key.keySpec)
  const cipher = cipherByOrigin[key.origin] ?? (type && cipherByType[type])
  invariant(cipher !== undefined, 'a key that was made for encryption has a cipher')
  return cipher
}
