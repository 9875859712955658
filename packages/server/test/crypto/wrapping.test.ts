import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encrypt } from '../../src/crypto/asymmetric-encryption.ts'
import { importedMaterial } from '../../src/crypto/imported-material.ts'
import { unwrap, unwrapPadded, type WrappingAlgorithm } from '../../src/crypto/key-wrapping.ts'
import type { PublicKey } from '../../src/crypto/public-key.ts'
import { reveal, Secret } from '../../src/crypto/secret.ts'
import { pairOf } from './pairs.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

/** AES key wrap with padding, by OpenSSL. */
function wrapPadded(kek: Uint8Array, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv(`id-aes${kek.length * 8}-wrap-pad`, kek, hex('a65959a6'))
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}

/** What somebody does who has our wrapping key and wants us to have a key of theirs. */
async function wrap(publicKey: PublicKey, algorithm: WrappingAlgorithm, bytes: Uint8Array) {
  switch (algorithm) {
    case 'RSAES_OAEP_SHA_1':
    case 'RSAES_OAEP_SHA_256':
    case 'SM2PKE':
      return encrypt(publicKey, algorithm, bytes)
    default: {
      const kek = Buffer.alloc(32, 7)
      const hash = algorithm === 'RSA_AES_KEY_WRAP_SHA_1' ? 'RSAES_OAEP_SHA_1' : 'RSAES_OAEP_SHA_256'
      return Buffer.concat([await encrypt(publicKey, hash, kek), wrapPadded(kek, bytes)])
    }
  }
}

const ways = [
  ['RSA_2048', 'RSAES_OAEP_SHA_1'],
  ['RSA_3072', 'RSAES_OAEP_SHA_256'],
  ['RSA_2048', 'RSA_AES_KEY_WRAP_SHA_1'],
  ['RSA_4096', 'RSA_AES_KEY_WRAP_SHA_256'],
  ['SM2', 'SM2PKE'],
] as const

describe.each(ways)('material wrapped under %s with %s', (spec, algorithm) => {
  const material = Buffer.from('thirty-two bytes of key material')

  test('unwraps', async () => {
    const { privateKey, publicKey } = await pairOf(spec)
    const unwrapped = await unwrap(privateKey, algorithm, await wrap(publicKey, algorithm, material))
    expect(unwrapped?.equals(new Secret(material))).toBe(true)
  })

  test('does not unwrap when it was changed, cut, wrapped in another way, or for another key', async () => {
    const { privateKey, publicKey } = await pairOf(spec)
    const other = await pairOf(spec, 'second')
    const wrapped = await wrap(publicKey, algorithm, material)
    expect(await unwrap(other.privateKey, algorithm, wrapped)).toBeUndefined()
    for (const [wrongSpec, wrong] of ways)
      if (wrong !== algorithm && (wrongSpec === 'SM2') === (spec === 'SM2'))
        expect(await unwrap(privateKey, wrong, wrapped)).toBeUndefined()
    const law = fc.asyncProperty(fc.nat(wrapped.length - 1), fc.nat(7), async (at, bit) => {
      const changed = Uint8Array.from(wrapped)
      changed.set([(wrapped[at] ?? 0) ^ (1 << bit)], at)
      for (const hostile of [changed, wrapped.subarray(0, at)])
        expect(await unwrap(privateKey, algorithm, hostile)).toBeUndefined()
    })
    await fc.assert(law, { numRuns: 15 })
  })
})

test('a whole RSA private key comes through RSA_AES_KEY_WRAP', async () => {
  const [wrapping, wanted] = [await pairOf('RSA_2048'), await pairOf('RSA_4096')]
  const algorithm = 'RSA_AES_KEY_WRAP_SHA_256'
  const wrapped = await wrap(wrapping.publicKey, algorithm, reveal(wanted.privateKey))
  const brought = await unwrap(wrapping.privateKey, algorithm, wrapped)
  const material = brought && importedMaterial(brought, 'RSA_4096')
  expect(material?.secret.equals(wanted.privateKey)).toBe(true)
  expect(material?.publicKey?.spki).toEqual(wanted.publicKey.spki)
})

test('RFC 5649 §6: AES key wrap with padding', () => {
  const kek = hex('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8')
  const twenty = hex('138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a')
  expect(unwrapPadded(kek, twenty)).toEqual(hex('c37b7e6492584340bed12207808941155068f738'))
  const seven = hex('afbeb0f07dfbf5419200f2ccb50bb24f')
  expect(unwrapPadded(kek, seven)).toEqual(hex('466f7250617369'))
})

describe('imported material', () => {
  const bytes = (count: number) => new Secret(Buffer.alloc(count, 1))

  test.each([
    ['SYMMETRIC_DEFAULT', 32, [31, 33, 64]],
    ['HMAC_224', 28, [27, 129]],
    ['HMAC_512', 64, [63, 129]],
    ['HMAC_256', 128, [31, 129]],
  ] as const)('for %s may have %i bytes, but not any of %j', (spec, right, wrong) => {
    expect(importedMaterial(bytes(right), spec)?.secret.equals(bytes(right))).toBe(true)
    for (const count of wrong) expect(importedMaterial(bytes(count), spec)).toBeUndefined()
  })

  test('for a pair is a private key of its spec, and nothing else', async () => {
    const { privateKey } = await pairOf('ECC_NIST_P256')
    expect(importedMaterial(privateKey, 'ECC_NIST_P256')?.secret.equals(privateKey)).toBe(true)
    expect(importedMaterial(privateKey, 'ECC_NIST_P384')).toBeUndefined()
    expect(importedMaterial(bytes(32), 'ECC_NIST_P256')).toBeUndefined()
  })
})
