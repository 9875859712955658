import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemChance } from '../../src/base/chance.ts'
import { describeBlob, openBlob, sealBlob } from '../../src/crypto/ciphertext-blob.ts'
import {
  type OuterLayer,
  openInner,
  outerData,
  readExternalBlob,
  sealInner,
  writeExternalBlob,
} from '../../src/crypto/external-blob.ts'
import { Secret } from '../../src/crypto/secret.ts'

/** Laws of blobs whose other half an external key manager holds. */

const chance = systemChance()
const secret = new Secret(chance.bytes(32))
const address = {
  account: '111122223333',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  materialId: '0f'.repeat(32),
}
const of = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const contexts = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 4 })
const plaintexts = fc.uint8Array({ minLength: 1, maxLength: 200 })

/** What a proxy may give: the ciphertext as long as what it was given, the rest within the specification's bounds. */
const outers = fc.record({
  initializationVector: fc.oneof(of(12), of(16)),
  authenticationTag: of(16),
  metadata: fc.uint8Array({ maxLength: 20 }),
  ciphertext: fc.uint8Array({ minLength: 81, maxLength: 300 }),
})

const { header } = sealInner(Buffer.from('any'), { secret, encryptionContext: {}, ...address }, chance)

const plain = ({ initializationVector, authenticationTag, metadata, ciphertext }: OuterLayer) =>
  [initializationVector, authenticationTag, metadata, ciphertext].map((part) =>
    Buffer.from(part).toString('hex'),
  )

describe('the outer layer', () => {
  test('is read back as it was written, beside a header that says whose it is', () => {
    fc.assert(
      fc.property(outers, (outer) => {
        const blob = writeExternalBlob(header, outer)
        const read = readExternalBlob(blob)
        expect(read && plain(read.outer)).toEqual(plain(outer))
        expect(describeBlob(blob)).toEqual(address)
      }),
    )
  })

  test('is not read from any bytes that are too few', () => {
    fc.assert(
      fc.property(outers, fc.nat(), (outer, cut) => {
        const blob = writeExternalBlob(header, { ...outer, ciphertext: new Uint8Array(80) })
        expect(readExternalBlob(blob.subarray(0, cut % blob.length))).toBe(undefined)
      }),
    )
  })

  test('is not found in what anybody wrote, without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const read = readExternalBlob(Buffer.concat([Buffer.of(0xc1, 2), noise]))
        const bytes = read === undefined ? 0 : plain(read.outer).join('').length / 2
        expect(bytes).toBeLessThanOrEqual(noise.length)
      }),
    )
  })
})

describe('the inner layer', () => {
  test('opens with its secret, header and encryption context, and with no other', () => {
    fc.assert(
      fc.property(plaintexts, contexts, contexts, (plaintext, encryptionContext, other) => {
        const inner = sealInner(plaintext, { secret, encryptionContext, ...address }, chance)
        expect(openInner(inner, { secret, encryptionContext })).toEqual(Buffer.from(plaintext))
        fc.pre(
          JSON.stringify(Object.entries(other).sort()) !==
            JSON.stringify(Object.entries(encryptionContext).sort()),
        )
        expect(openInner(inner, { secret, encryptionContext: other })).toBe(undefined)
        const stranger = new Secret(chance.bytes(32))
        expect(openInner(inner, { secret: stranger, encryptionContext })).toBe(undefined)
      }),
      { numRuns: 50 },
    )
  })

  test('opens no more once any bit is another', () => {
    fc.assert(
      fc.property(plaintexts, fc.nat(), (plaintext, at) => {
        const inner = sealInner(plaintext, { secret, encryptionContext: {}, ...address }, chance)
        const sealed = Buffer.from(inner.sealed)
        const bit = at % (sealed.length * 8)
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(openInner({ header: inner.header, sealed }, { secret, encryptionContext: {} })).toBe(undefined)
      }),
      { numRuns: 50 },
    )
  })

  test('is no ordinary blob under the same secret, nor the other way round', () => {
    const sealing = { secret, encryptionContext: {}, ...address }
    const inner = sealInner(Buffer.from('secret'), sealing, chance)
    const posing = Buffer.concat([inner.header, inner.sealed])
    expect(openBlob(posing, sealing)).toBe(undefined)
    expect(openBlob(Buffer.from(posing).fill(1, 1, 2), sealing)).toBe(undefined)
    const own = sealBlob(Buffer.from('secret'), sealing, chance)
    expect(openInner({ header: own.subarray(0, 57), sealed: own.subarray(57) }, sealing)).toBe(undefined)
  })
})

test('what a proxy authenticates is short, and another for every encryption context', () => {
  fc.assert(
    fc.property(contexts, contexts, (one, other) => {
      expect(outerData(header, one)).toHaveLength(89)
      fc.pre(JSON.stringify(Object.entries(one).sort()) !== JSON.stringify(Object.entries(other).sort()))
      expect(outerData(header, one)).not.toEqual(outerData(header, other))
    }),
  )
})
