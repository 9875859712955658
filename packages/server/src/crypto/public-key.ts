import { createPublicKey, type KeyObject } from 'node:crypto'
import { isOfSpec, type KeyPairSpec } from './key-pair-spec.ts'

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

/**
 * A key that somebody else gives us, of exactly this spec; `undefined` for anything else. There is one form for each
 * key: a named curve, its point written out, and nothing after it.
 */
export function readPublicKey(spki: Uint8Array, spec: KeyPairSpec): PublicKey | undefined {
  try {
    const read = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    if (!isOfSpec(read, spec)) return undefined
    return canonicalSpki(read).equals(spki) ? new PublicKey(spki) : undefined
  } catch {
    return undefined
  }
}

/** OpenSSL writes a curve and a point the way it read them; taken apart and put together they have one way. */
function canonicalSpki(key: KeyObject): Buffer {
  const { namedCurve } = key.asymmetricKeyDetails ?? {}
  const form = { format: 'der', type: 'spki' } as const
  if (namedCurve === undefined) return key.export(form)
  const point = key.export({ format: 'raw-public', type: 'uncompressed' })
  return createPublicKey({
    key: point,
    format: 'raw-public',
    asymmetricKeyType: 'ec',
    namedCurve,
  }).export(form)
}
