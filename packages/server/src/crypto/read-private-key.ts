import {
  type AsymmetricKeyType,
  createECDH,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
} from 'node:crypto'
import type { KeyPair } from './key-pair.ts'
import { isOfSpec, type KeyPairSpec } from './key-pair-spec.ts'
import { PublicKey } from './public-key.ts'
import { Secret } from './secret.ts'
import { sm2Pkcs8, sm2Point, sm2Scalar } from './worker/sm2-key.ts'

/**
 * A pair from a private key that somebody else made: PKCS#8 of exactly this spec, in DER. Anything else is `undefined`.
 *
 * OpenSSL believes much of what a file says: that the public half belongs to the private one, that the parts of an
 * RSA key go together. A pair that does not would sign what nobody can verify, or leak itself by a wrong signature;
 * so everything is worked out anew. And the result is in one form however the file was written: the same key is the
 * same bytes.
 */
export function readPrivateKey(pkcs8: Uint8Array, spec: KeyPairSpec): KeyPair | undefined {
  try {
    const read = createPrivateKey({ key: Buffer.from(pkcs8), ...asPkcs8 })
    const publicKey = createPublicKey(read)
    if (!isOfSpec(publicKey, spec)) return undefined
    const bytes = rewritten(read, publicKey)
    if (bytes === undefined) return undefined
    const privateKey = new Secret(bytes)
    const spki = createPublicKey(createPrivateKey({ key: bytes, ...asPkcs8 })).export(asSpki)
    bytes.fill(0)
    return { privateKey, publicKey: new PublicKey(spki) }
  } catch {
    // Not PKCS#8, encrypted, of an algorithm that OpenSSL does not know, out of range: no key of this spec.
    return undefined
  }
}

const asSpki = { format: 'der', type: 'spki' } as const
const asPkcs8 = { format: 'der', type: 'pkcs8' } as const

/** The private key in the form that we keep; `undefined` when its parts do not go together. */
function rewritten(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  switch (privateKey.asymmetricKeyType) {
    case 'rsa':
      return hasConsistentParts(privateKey) ? privateKey.export(asPkcs8) : undefined
    case 'ec':
      return rewrittenEc(privateKey, publicKey)
    case undefined:
      return rewrittenSm2(privateKey, publicKey)
    default:
      // OpenSSL works the public half of the others out itself. What ML-DSA and ML-KEM keys are kept by is their
      // seed; one that came without has no such form, and throws.
      return fromSeed(privateKey, privateKey.asymmetricKeyType)
  }
}

/** RFC 8017 §3.2: n is p·q, d undoes e modulo p-1 and q-1, and the three parts for faster arithmetic follow. */
function hasConsistentParts(privateKey: KeyObject): boolean {
  const jwk = privateKey.export({ format: 'jwk' })
  const part = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi') =>
    BigInt(`0x${Buffer.from(jwk[name] ?? '', 'base64url').toString('hex') || '0'}`)
  const [n, e, d, p, q] = [part('n'), part('e'), part('d'), part('p'), part('q')]
  return (
    e >= smallestExponent &&
    e < exponentLimit &&
    p > 1n &&
    q > 1n &&
    p !== q &&
    p * q === n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    part('dp') === d % (p - 1n) &&
    part('dq') === d % (q - 1n) &&
    part('qi') < p &&
    (part('qi') * q) % p === 1n
  )
}

/** FIPS 186-5 §5.1: smaller ones have been broken by what was signed or encrypted carelessly. */
const smallestExponent = 65537n

/** The same: an exponent as long as the modulus would make verifying, which is done at once, as slow as signing. */
const exponentLimit = 1n << 256n

function rewrittenEc(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  const namedCurve = privateKey.asymmetricKeyDetails?.namedCurve ?? ''
  const scalar = privateKey.export({ format: 'raw-private' })
  const isPair = pointOf(namedCurve, scalar).equals(publicKey.export({ format: 'raw-public' }))
  const described = { format: 'raw-private', asymmetricKeyType: 'ec', namedCurve } as const
  const key = isPair ? createPrivateKey({ key: scalar, ...described }) : undefined
  scalar.fill(0)
  return key?.export(asPkcs8)
}

function rewrittenSm2(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  const scalar = sm2Scalar(privateKey)
  const point = pointOf('SM2', scalar)
  const bytes = sm2Point(publicKey)?.equals(point) ? sm2Pkcs8(scalar, point) : undefined
  scalar.fill(0)
  return bytes
}

/** The point that a secret number belongs to. Throws for a number that is none of the curve's. */
function pointOf(curve: string, scalar: Uint8Array): Buffer {
  const side = createECDH(curve)
  side.setPrivateKey(scalar)
  return side.getPublicKey()
}

function fromSeed(privateKey: KeyObject, asymmetricKeyType: AsymmetricKeyType): Buffer {
  const format = asymmetricKeyType === 'ed25519' ? 'raw-private' : 'raw-seed'
  const seed = privateKey.export({ format })
  const key = createPrivateKey({ key: seed, format, asymmetricKeyType })
  seed.fill(0)
  return key.export(asPkcs8)
}
