import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemChance } from '../../src/base/chance.ts'
import {
  type BlobAddress,
  blobOverheadBytes,
  describeBlob,
  openBlob,
  sealBlob,
} from '../../src/crypto/ciphertext-blob.ts'
import { encryptionContextBytes, withEncryptionContext } from '../../src/crypto/encryption-context.ts'
import { open, seal } from '../../src/crypto/envelope.ts'
import { materialIdOf } from '../../src/crypto/material-id.ts'
import { openSecret, sealSecret } from '../../src/crypto/sealed-secret.ts'
import { Secret } from '../../src/crypto/secret.ts'

const chance = systemChance()

const text = fc.string({ unit: 'binary', maxLength: 12 })
const contexts = fc.dictionary(text, text, { maxKeys: 6 })
const plaintexts = fc.uint8Array({ minLength: 1, maxLength: 300 })
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const addresses: fc.Arbitrary<BlobAddress> = fc.record({
  account: fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 }),
  keyId: fc.oneof(
    hex(32).map((id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')),
    hex(32).map((id) => `mrk-${id}`),
  ),
  materialId: hex(64),
})

describe('the ciphertext blob', () => {
  test('authenticates its header and the bytes of its encryption context, in whichever way they are written', () => {
    const words = fc.oneof(text, fc.string({ maxLength: 140 }))
    const header = fc.uint8Array({ minLength: 1, maxLength: 57 })
    fc.assert(
      fc.property(header, fc.dictionary(words, words, { maxKeys: 6 }), (bytes, context) => {
        const whole = Buffer.concat([bytes, encryptionContextBytes(context)])
        expect(Buffer.from(withEncryptionContext(bytes, context))).toEqual(whole)
      }),
    )
  })

  test('bears the header of its own key, whatever its secret was used for before', () => {
    fc.assert(
      fc.property(addresses, addresses, (one, other) => {
        const secret = new Secret(chance.bytes(32))
        for (const address of [
          one,
          other,
          { ...other, keyId: one.keyId },
          { ...other, account: one.account },
        ]) {
          const blob = sealBlob(Buffer.from('hi'), { secret, encryptionContext: {}, ...address }, chance)
          expect(describeBlob(blob)).toEqual(address)
          expect(openBlob(blob, { secret, encryptionContext: {} })).toEqual(Buffer.from('hi'))
        }
      }),
    )
  })

  test('what is sealed opens with the same context and no other', () => {
    fc.assert(
      fc.property(plaintexts, contexts, contexts, addresses, (plaintext, context, other, address) => {
        const secret = new Secret(chance.bytes(32))
        const blob = sealBlob(plaintext, { secret, encryptionContext: context, ...address }, chance)
        expect(blob.length).toBe(plaintext.length + blobOverheadBytes)
        expect(openBlob(blob, { secret, encryptionContext: context })).toEqual(Buffer.from(plaintext))
        const isSame = encryptionContextBytes(context).toString() === encryptionContextBytes(other).toString()
        expect(openBlob(blob, { secret, encryptionContext: other }) !== undefined).toBe(isSame)
        const wrong = new Secret(chance.bytes(32))
        expect(openBlob(blob, { secret: wrong, encryptionContext: context })).toBeUndefined()
      }),
    )
  })

  test('tells its address without any secret', () => {
    fc.assert(
      fc.property(plaintexts, addresses, (plaintext, address) => {
        const secret = new Secret(chance.bytes(32))
        const blob = sealBlob(plaintext, { secret, encryptionContext: {}, ...address }, chance)
        expect(describeBlob(blob)).toEqual(address)
      }),
    )
  })

  test('does not open when any one bit of it is another', () => {
    const secret = new Secret(chance.bytes(32))
    const address = { account: '111122223333', keyId: `mrk-${'5'.repeat(32)}`, materialId: 'ab'.repeat(32) }
    const blob = sealBlob(Buffer.from('hi'), { secret, encryptionContext: {}, ...address }, chance)
    for (let bit = 0; bit < blob.length * 8; bit += 1) {
      const changed = Buffer.from(blob)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(openBlob(changed, { secret, encryptionContext: {} })).toBeUndefined()
    }
    for (let length = 0; length < blob.length; length += 1) {
      expect(openBlob(blob.subarray(0, length), { secret, encryptionContext: {} })).toBeUndefined()
    }
    expect(openBlob(Buffer.concat([blob, Buffer.of(0)]), { secret, encryptionContext: {} })).toBeUndefined()
  })

  test('is described and opened without a crash, whatever the bytes', () => {
    const secret = new Secret(chance.bytes(32))
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ minLength: 135, maxLength: 300 }).map((bytes) => Uint8Array.of(0xc1, 1, ...bytes)),
    )
    fc.assert(
      fc.property(hostile, (bytes) => {
        const address = describeBlob(bytes)
        if (address !== undefined) expect(address.account).toMatch(/^\d{12}$/)
        expect(openBlob(bytes, { secret, encryptionContext: {} })).toBeUndefined()
      }),
    )
  })

  test('of the largest plaintext stays within what Decrypt takes', () => {
    expect(4096 + blobOverheadBytes).toBeLessThanOrEqual(6144)
  })
})

describe('the bytes of an encryption context', () => {
  test('do not depend on the order of the pairs', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const turned = Object.fromEntries(Object.entries(context).reverse())
        expect(encryptionContextBytes(turned)).toEqual(encryptionContextBytes(context))
      }),
    )
  })

  test('are read back to the same pairs, in the order of their UTF-8 bytes: no two contexts share them', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const pairs = readPairs(Buffer.from(encryptionContextBytes(context)))
        expect(new Map(pairs)).toEqual(new Map(Object.entries(context)))
        const keys = pairs.map(([key]) => Buffer.from(key))
        expect(keys).toEqual(keys.toSorted(Buffer.compare))
      }),
    )
  })

  test('put surrogate pairs behind the rest of the plane, as UTF-8 does and JavaScript does not', () => {
    const context = { '\u{10000}': 'b', '\uffff': 'a' }
    expect(readPairs(Buffer.from(encryptionContextBytes(context))).map(([, value]) => value)).toEqual([
      'a',
      'b',
    ])
  })

  test('hold names that objects have of their own', () => {
    const context: Record<string, string> = JSON.parse('{"__proto__":"x","constructor":"y"}')
    expect(readPairs(Buffer.from(encryptionContextBytes(context)))).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })
})

describe('an envelope', () => {
  test('opens for the same use, secret and data, and for nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (plaintext, associatedData) => {
        const secret = new Secret(chance.bytes(32))
        const sealing = { secret, label: 'one use', associatedData }
        const sealed = seal(plaintext, sealing, chance)
        expect(open(sealed, sealing)).toEqual(Buffer.from(plaintext))
        expect(open(sealed, { ...sealing, label: 'another use' })).toBeUndefined()
        expect(open(sealed, { ...sealing, secret: new Secret(chance.bytes(32)) })).toBeUndefined()
        const longer = Uint8Array.of(...associatedData, 0)
        expect(open(sealed, { ...sealing, associatedData: longer })).toBeUndefined()
      }),
    )
  })

  test('holds the same bytes differently each time', () => {
    const sealing = { secret: new Secret(chance.bytes(32)), label: 'use', associatedData: Buffer.alloc(0) }
    const made = Array.from({ length: 100 }, () => seal(Buffer.from('same'), sealing, chance).toString('hex'))
    expect(new Set(made.map((each) => each.slice(64))).size).toBe(100)
  })

  test('gives a secret back as a secret', () => {
    const sealing = { secret: new Secret(chance.bytes(32)), label: 'use', associatedData: Buffer.alloc(0) }
    const content = new Secret(chance.bytes(48))
    const opened = openSecret(sealSecret(content, sealing, chance), sealing)
    expect(opened?.equals(content)).toBe(true)
    expect(openSecret(Buffer.alloc(200), sealing)).toBeUndefined()
  })
})

test('a material id is the same for the same material of the same key, and for no other', () => {
  const [one, two] = [new Secret(chance.bytes(32)), new Secret(chance.bytes(32))]
  expect(materialIdOf(one, 'a')).toMatch(/^[0-9a-f]{64}$/)
  expect(materialIdOf(one, 'a')).toBe(materialIdOf(one, 'a'))
  expect(new Set([materialIdOf(one, 'a'), materialIdOf(one, 'b'), materialIdOf(two, 'a')]).size).toBe(3)
})

/** A reader of the canonical form, written from its description alone. */
function readPairs(bytes: Buffer): [string, string][] {
  const texts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    texts.push(bytes.toString('utf8', at + 4, end))
    at = end
  }
  return texts.flatMap((key, index) =>
    index % 2 === 0 ? [[key, texts[index + 1] ?? ''] as [string, string]] : [],
  )
}
