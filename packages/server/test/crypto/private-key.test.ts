import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KeyPairSpec, newKeyPair } from '../../src/crypto/key-pair.ts'
import { keyPairSpecs } from '../../src/crypto/key-pair-spec.ts'
import { publicKeyObject, readPublicKey } from '../../src/crypto/public-key.ts'
import { readPrivateKey } from '../../src/crypto/read-private-key.ts'
import { reveal } from '../../src/crypto/secret.ts'
import { pairOf } from './pairs.ts'

const specs = Object.keys(keyPairSpecs) as KeyPairSpec[]
const hex = (text: string) => Buffer.from(text, 'hex')
const asPkcs8 = { format: 'der', type: 'pkcs8' } as const
const asSpki = { format: 'der', type: 'spki' } as const

describe('a new pair', () => {
  test.each(specs)('of spec %s reads back as the same pair, and as none of another spec', async (spec) => {
    const { privateKey, publicKey } = await pairOf(spec)
    const pkcs8 = reveal(privateKey)
    const read = readPrivateKey(pkcs8, spec)
    expect(read?.privateKey.equals(privateKey)).toBe(true)
    expect(Buffer.from(read?.publicKey.spki ?? [])).toEqual(Buffer.from(publicKey.spki))
    expect(readPublicKey(publicKey.spki, spec)?.spki).toEqual(publicKey.spki)
    for (const other of specs.filter((each) => each !== spec)) {
      expect(readPrivateKey(pkcs8, other)).toBeUndefined()
      expect(readPublicKey(publicKey.spki, other)).toBeUndefined()
    }
  })

  test('is another one each time', async () => {
    const [one, two] = [await newKeyPair('ECC_NIST_P256'), await newKeyPair('ECC_NIST_P256')]
    expect(one.privateKey.equals(two.privateKey)).toBe(false)
  })

  test('of ML-DSA or ML-KEM is kept by its seed', async () => {
    expect(reveal((await pairOf('ML_DSA_65')).privateKey)).toHaveLength(54)
    expect(reveal((await pairOf('ML_KEM_768')).privateKey)).toHaveLength(86)
  })
})

describe('a private key from elsewhere', () => {
  test('is the same bytes to us, with its public half beside it or without', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const scalar = privateKey.export({ format: 'raw-private' })
    const bare = Buffer.concat([
      hex('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'),
      scalar,
    ])
    const read = readPrivateKey(bare, 'ECC_NIST_P256')
    expect(Buffer.from(reveal(read?.privateKey as never))).toEqual(privateKey.export(asPkcs8))
    expect(Buffer.from(read?.publicKey.spki ?? [])).toEqual(publicKey.export(asSpki))
  })

  test('is the same bytes to us when it is one of SM2 without its public half', async () => {
    const { privateKey } = await pairOf('SM2')
    const scalar = reveal(privateKey).subarray(36, 68)
    const bare = Buffer.concat([
      hex('3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420'),
      scalar,
    ])
    expect(readPrivateKey(bare, 'SM2')?.privateKey.equals(privateKey)).toBe(true)
  })

  test.each([
    'ECC_NIST_P256',
    'SM2',
  ] as const)('of %s with the public half of another is none', async (spec) => {
    const [one, two] = [await pairOf(spec), await pairOf(spec, 'second')]
    const mixed = Buffer.from(reveal(one.privateKey))
    mixed.set(two.publicKey.spki.subarray(-65), mixed.length - 65)
    expect(readPrivateKey(mixed, spec)).toBeUndefined()
  })

  test.each(['00', 'ff'])('with a number that the curve does not have (%s…) is none', (byte) => {
    const bytes = hex(
      `3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420${byte.repeat(32)}`,
    )
    expect(readPrivateKey(bytes, 'ECC_NIST_P256')).toBeUndefined()
  })

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)('of RSA whose %s is not its own is none', (part) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pkcs8 = privateKey.export(asPkcs8)
    expect(readPrivateKey(pkcs8, 'RSA_2048')).toBeDefined()
    const own = Buffer.from(privateKey.export({ format: 'jwk' })[part] ?? '', 'base64url')
    const at = pkcs8.indexOf(own) + own.length - 8
    expect(readPrivateKey(Buffer.from(pkcs8).fill(1, at, at + 8), 'RSA_2048')).toBeUndefined()
  })

  test('of RSA with a small public exponent is none', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
    expect(readPrivateKey(privateKey.export(asPkcs8), 'RSA_2048')).toBeUndefined()
  })

  test('of RSA with a public exponent as long as its modulus is none', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = privateKey.export({ format: 'jwk' })
    // Either number undoes the other, so they can change places.
    const swapped = { ...jwk, e: String(jwk.d), d: String(jwk.e), dp: String(jwk.e), dq: String(jwk.e) }
    const pkcs8 = createPrivateKey({ key: swapped, format: 'jwk' }).export(asPkcs8)
    expect(readPrivateKey(pkcs8, 'RSA_2048')).toBeUndefined()
  })

  test('of RSA with another length is none', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2056 })
    expect(readPrivateKey(privateKey.export(asPkcs8), 'RSA_2048')).toBeUndefined()
  })

  test('that may sign with PSS only is none', () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    expect(readPrivateKey(privateKey.export(asPkcs8), 'RSA_2048')).toBeUndefined()
  })

  test('under a password is none', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const encrypted = privateKey.export({ ...asPkcs8, cipher: 'aes-256-cbc', passphrase: 'x' })
    expect(readPrivateKey(encrypted, 'ECC_NIST_P256')).toBeUndefined()
  })

  test('in another container than PKCS #8 is none', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    expect(
      readPrivateKey(privateKey.export({ format: 'der', type: 'sec1' }), 'ECC_NIST_P256'),
    ).toBeUndefined()
    expect(
      readPrivateKey(Buffer.from(privateKey.export({ ...asPkcs8, format: 'pem' })), 'ECC_NIST_P256'),
    ).toBeUndefined()
  })

  test('is none, and no crash, whatever the bytes', async () => {
    const good = await Promise.all(
      specs.map(async (spec) => [spec, reveal((await pairOf(spec)).privateKey)] as const),
    )
    const law = fc.property(fc.constantFrom(...good), fc.nat(), fc.nat(255), ([spec, bytes], place, byte) => {
      const changed = Uint8Array.from(bytes)
      changed.set([byte], place % bytes.length)
      for (const hostile of [changed, bytes.subarray(0, place % bytes.length)]) {
        const read = readPrivateKey(hostile, spec)
        if (read !== undefined) expect(publicKeyObject(read.publicKey).type).toBe('public')
      }
    })
    fc.assert(law, { numRuns: 150 })
  })
})

describe('a public key from elsewhere', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const spki = publicKey.export(asSpki)
  const start = spki.subarray(2, 23)

  test('is one when it is a named curve and a point on it', () => {
    expect(readPublicKey(spki, 'ECC_NIST_P256')).toBeDefined()
  })

  test('is none with anything behind it', () => {
    expect(readPublicKey(Buffer.concat([spki, Buffer.of(0)]), 'ECC_NIST_P256')).toBeUndefined()
  })

  test('is none when its point is not on the curve', () => {
    const off = Buffer.from(spki)
    off.set([(off.at(-1) ?? 0) ^ 1], off.length - 1)
    expect(readPublicKey(off, 'ECC_NIST_P256')).toBeUndefined()
  })

  test('is none when it is the point at infinity', () => {
    const nowhere = Buffer.concat([hex('3019'), start, hex('03020000')])
    expect(createPublicKey({ key: nowhere, ...asSpki }).asymmetricKeyType).toBe('ec')
    expect(readPublicKey(nowhere, 'ECC_NIST_P256')).toBeUndefined()
  })

  test('is none when its point is compressed', () => {
    const point = publicKey.export({ format: 'raw-public', type: 'compressed' })
    const short = Buffer.concat([hex('3039'), start, hex('032200'), point])
    expect(createPublicKey({ key: short, ...asSpki }).equals(publicKey)).toBe(true)
    expect(readPublicKey(short, 'ECC_NIST_P256')).toBeUndefined()
  })

  test('is none when its curve is written out instead of named', () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' })
    expect(readPublicKey(key.publicKey.export(asSpki), 'ECC_NIST_P256')).toBeUndefined()
  })
})
