import { createPrivateKey, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { invariant } from '../base/invariant.ts'

let bytesOf: (secret: Secret) => Uint8Array
let keyObjectOf: (secret: Secret) => KeyObject
let privateKeyOf: (secret: Secret) => KeyObject

/**
 * Bytes that must not be seen: key material, root keys, passwords. However it is printed, logged, serialised or
 * inspected, a Secret says `[secret]`. The bytes come out through `reveal` alone, so that one search lists every
 * place that ever touches them.
 */
export class Secret {
  #bytes: Uint8Array | undefined
  /** OpenSSL's own form of the bytes, made once: keying a MAC from it costs no parsing. */
  #keyObject: KeyObject | undefined
  /** The same for a PKCS#8 private key, where parsing costs as much as using it. */
  #privateKey: KeyObject | undefined

  /** Takes a copy: whoever gives the bytes still owns theirs, and wipes them when done. */
  constructor(bytes: Uint8Array) {
    // Not Buffer.from: small Buffers share one pool, and wiping must not depend on who else is in it.
    this.#bytes = Uint8Array.from(bytes)
  }

  /** Compares without telling by its timing where the difference is; lengths are not kept secret. */
  equals(other: Secret): boolean {
    const [own, theirs] = [bytesOf(this), bytesOf(other)]
    return own.length === theirs.length && timingSafeEqual(own, theirs)
  }

  /** Overwrites the bytes. Using the Secret afterwards is a bug; destroying it twice is not. */
  destroy(): void {
    this.#bytes?.fill(0)
    this.#bytes = undefined
    this.#keyObject = undefined
    this.#privateKey = undefined
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }

  static {
    bytesOf = (secret) => {
      invariant(secret.#bytes !== undefined, 'a destroyed secret is not used')
      return secret.#bytes
    }
    keyObjectOf = (secret) => {
      secret.#keyObject ??= createSecretKey(bytesOf(secret))
      return secret.#keyObject
    }
    privateKeyOf = (secret) => {
      const { buffer, byteOffset, length } = bytesOf(secret)
      secret.#privateKey ??= createPrivateKey({
        key: Buffer.from(buffer, byteOffset, length),
        format: 'der',
        type: 'pkcs8',
      })
      return secret.#privateKey
    }
  }
}

/** The bytes themselves, not a copy: the caller neither keeps nor changes them. */
export function reveal(secret: Secret): Uint8Array {
  return bytesOf(secret)
}

/** The bytes in the form `createHmac` and `createCipheriv` like best. */
export function revealAsKey(secret: Secret): KeyObject {
  return keyObjectOf(secret)
}

/** A private key in the form that signing and decrypting like best; the Secret is one in PKCS#8 DER. */
export function revealAsPrivateKey(secret: Secret): KeyObject {
  return privateKeyOf(secret)
}

/**
 * A secret on its way to another thread: a handle that both threads hold, of bytes outside of JavaScript's memory. However
 * the message is printed or logged, they do not show.
 */
export function handOver(secret: Secret): KeyObject {
  return keyObjectOf(secret)
}

/** The secret that another thread handed over. */
export function takeOver(handle: KeyObject): Secret {
  const bytes = handle.export()
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}
