import { constants, createPrivateKey, privateDecrypt, publicEncrypt } from 'node:crypto'
import { DER } from '@noble/curves/abstract/der.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decrypt, encrypt } from '../../src/crypto/asymmetric-encryption.ts'
import { publicKeyObject } from '../../src/crypto/public-key.ts'
import { readPrivateKey } from '../../src/crypto/read-private-key.ts'
import { reveal } from '../../src/crypto/secret.ts'
import { sm2Pkcs8 } from '../../src/crypto/worker/sm2-key.ts'
import { pairOf } from './pairs.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

const encrypters = [
  ['RSA_2048', 'RSAES_OAEP_SHA_1', 214],
  ['RSA_2048', 'RSAES_OAEP_SHA_256', 190],
  ['RSA_3072', 'RSAES_OAEP_SHA_256', 318],
  ['RSA_4096', 'RSAES_OAEP_SHA_1', 470],
  ['SM2', 'SM2PKE', 1024],
] as const

describe.each(encrypters)('%s %s', (spec, algorithm, most) => {
  test(`opens what was encrypted, up to ${most} bytes`, async () => {
    const { privateKey, publicKey } = await pairOf(spec)
    for (const length of [1, 2, 32, most]) {
      const plaintext = Buffer.alloc(length, length)
      const ciphertext = await encrypt(publicKey, algorithm, plaintext)
      expect(await decrypt(privateKey, algorithm, ciphertext)).toEqual(Uint8Array.from(plaintext))
    }
  })

  test('opens nothing that was changed, cut, or made for another key', async () => {
    const { privateKey, publicKey } = await pairOf(spec)
    const other = await pairOf(spec, 'second')
    const ciphertext = await encrypt(publicKey, algorithm, Buffer.from('a plaintext of some bytes'))
    expect(await decrypt(other.privateKey, algorithm, ciphertext)).toBeUndefined()
    const law = fc.asyncProperty(fc.nat(ciphertext.length - 1), fc.nat(7), async (at, bit) => {
      const changed = Uint8Array.from(ciphertext)
      changed.set([(ciphertext[at] ?? 0) ^ (1 << bit)], at)
      for (const wrong of [changed, ciphertext.subarray(at + 1), ciphertext.subarray(0, at)])
        expect(await decrypt(privateKey, algorithm, wrong)).toBeUndefined()
    })
    await fc.assert(law, { numRuns: 15 })
  })

  test('opens no other bytes, and survives them', async () => {
    const { privateKey } = await pairOf(spec)
    const law = fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      expect(await decrypt(privateKey, algorithm, bytes)).toBeUndefined()
    })
    await fc.assert(law, { numRuns: 15 })
  })
})

test.each([
  ['RSAES_OAEP_SHA_1', 'sha1'],
  ['RSAES_OAEP_SHA_256', 'sha256'],
] as const)('%s is what OpenSSL makes and takes', async (algorithm, oaepHash) => {
  const { privateKey, publicKey } = await pairOf('RSA_2048')
  const options = { oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }
  const plaintext = Buffer.from('a plaintext')
  const theirs = publicEncrypt({ key: publicKeyObject(publicKey), ...options }, plaintext)
  expect(await decrypt(privateKey, algorithm, theirs)).toEqual(Uint8Array.from(plaintext))
  const ours = await encrypt(publicKey, algorithm, plaintext)
  const key = createPrivateKey({ key: Buffer.from(reveal(privateKey)), format: 'der', type: 'pkcs8' })
  expect(privateDecrypt({ key, ...options }, ours)).toEqual(plaintext)
})

describe('SM2PKE', () => {
  test('never sends a plaintext as it is: a key stream of zeros is drawn anew', async () => {
    const { publicKey } = await pairOf('SM2')
    const plaintext = Buffer.of(0x5a)
    const made = await Promise.all(Array.from({ length: 600 }, () => encrypt(publicKey, 'SM2PKE', plaintext)))
    expect(made.filter((ciphertext) => ciphertext.at(-1) === plaintext[0])).toEqual([])
  })

  test('does not encrypt nothing, which would never find a key stream that hides it', async () => {
    const { publicKey } = await pairOf('SM2')
    await expect(encrypt(publicKey, 'SM2PKE', Buffer.alloc(0))).rejects.toThrow('an SM2 key encrypts')
  })

  test('opens the example of GB/T 32918.5 §A.3', async () => {
    const [x, y, check, ciphertext] = [
      '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73',
      'e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0',
      '59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766',
      '21886ca989ca9c7d58087307ca93092d651efa',
    ]
    const opened = await decrypt(await exampleKey(), 'SM2PKE', sm2Ciphertext(x, y, check, ciphertext))
    expect(Buffer.from(opened ?? []).toString()).toBe('encryption standard')
  })

  test('opens nothing at a point that is not on the curve, which would tell about the key', async () => {
    const { privateKey } = await pairOf('SM2')
    const [x, y] = ['01'.repeat(32), '02'.repeat(32)]
    expect(await decrypt(privateKey, 'SM2PKE', sm2Ciphertext(x, y, '00'.repeat(32), '00'))).toBeUndefined()
  })
})

/** The key of the examples in GB/T 32918.5. */
async function exampleKey() {
  const point =
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13'
  const scalar = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
  const pair = readPrivateKey(sm2Pkcs8(hex(scalar), hex(point)), 'SM2')
  if (pair === undefined) throw new Error('the example is a key')
  return pair.privateKey
}

function sm2Ciphertext(x: string, y: string, check: string, ciphertext: string): Buffer {
  const numbers = [x, y].map((each) => DER._tlv.encode(2, DER._int.encode(BigInt(`0x${each}`))))
  const octets = [check, ciphertext].map((each) => DER._tlv.encode(4, each))
  return hex(DER._tlv.encode(0x30, [...numbers, ...octets].join('')))
}
