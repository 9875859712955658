import { createPublicKey, type KeyObject } from 'node:crypto'

let keyObjectOf: (key: PublicKey) => KeyObject

/** The half of a pair that everybody may know. */
export class PublicKey {
  /** DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), as OpenSSL reads it. */
  readonly spki: Uint8Array
  /** OpenSSL's own form of it, made at its first use. */
  #keyObject: KeyObject | undefined

  constructor(spki: Uint8Array) {
    this.spki = spki
  }

  static {
    keyObjectOf = (key) => {
      key.#keyObject ??= createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' })
      return key.#keyObject
    }
  }
}

/** The key in the form that `verify` and `publicEncrypt` like best. */
export function publicKeyObject(key: PublicKey): KeyObject {
  return keyObjectOf(key)
}
