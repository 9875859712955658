import { encode } from 'cborg'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { readRoots } from '../../src/attestation/roots.ts'
import { type VerifiedAttestation, verifyAttestation } from '../../src/attestation/verify-attestation.ts'
import { Refusal } from '../../src/protocol/errors.ts'
import { type Enclave, testEnclave } from './enclave.ts'

const now = Date.UTC(2026, 10, 23, 12)

let enclave: Enclave
let document: Uint8Array
let trust: Parameters<typeof verifyAttestation>[1]
beforeAll(async () => {
  enclave = await testEnclave()
  document = enclave.document({ at: now })
  trust = { roots: readRoots(enclave.rootPem), now }
})

/** What is made of these bytes; any error but a refusal to believe them fails the test. */
function verifiedOrRefused(bytes: Uint8Array): VerifiedAttestation | undefined {
  try {
    return verifyAttestation(bytes, trust)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ValidationException') return undefined
    throw error
  }
}

test('bytes that are no document are refused, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(verifiedOrRefused(bytes)).toBeUndefined()
    }),
    { numRuns: 2000 },
  )
})

test('a document of which one byte was changed is refused', () => {
  fc.assert(
    fc.property(fc.nat(document.length - 1), fc.integer({ min: 1, max: 255 }), (place, difference) => {
      const changed = Uint8Array.from(document)
      changed[place] = (changed[place] ?? 0) ^ difference
      expect(verifiedOrRefused(changed)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('a document cut short or gone on with is refused', () => {
  fc.assert(
    fc.property(fc.nat(document.length - 1), fc.uint8Array({ minLength: 1 }), (length, more) => {
      expect(verifiedOrRefused(document.subarray(0, length))).toBeUndefined()
      expect(verifiedOrRefused(Uint8Array.of(...document, ...more))).toBeUndefined()
    }),
  )
})

/** Everything CBOR can say that our encoder can. */
const anything = fc.letrec<{ item: unknown }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.string(),
    fc.uint8Array({ maxLength: 64 }),
    fc.array(tie('item'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('item')), { maxLength: 4 })
      .map((entries) => new Map(entries as [unknown, unknown][])),
  ),
})).item

const members = fc.constantFrom(
  'module_id',
  'digest',
  'timestamp',
  'pcrs',
  'nitrotpm_pcrs',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
)

test('a document that says nonsense of anything is refused, even from somebody who is trusted', () => {
  fc.assert(
    fc.property(members, anything, (name, value) => {
      verifiedOrRefused(enclave.document({ at: now, members: { [name]: value } }))
    }),
  )
  fc.assert(
    fc.property(anything, (item) => {
      expect(verifiedOrRefused(enclave.document({ at: now, payload: () => encode(item) }))).toBeUndefined()
      expect(verifiedOrRefused(enclave.document({ at: now, payload: () => encode(item) }))).toBeUndefined()
      expect(verifiedOrRefused(encode(item))).toBeUndefined()
    }),
  )
})

test('a certificate of which one byte was changed opens no way to the root', () => {
  const bundle = enclave.authorities.map(({ der }) => der)
  fc.assert(
    fc.property(
      fc.nat(bundle.length - 1),
      fc.nat(300),
      fc.integer({ min: 1, max: 255 }),
      (which, place, difference) => {
        const cabundle = bundle.map((der, index) => {
          const copy = Uint8Array.from(der)
          if (index === which) copy[place] = (copy[place] ?? 0) ^ difference
          return copy
        })
        expect(verifiedOrRefused(enclave.document({ at: now, members: { cabundle } }))).toBeUndefined()
      },
    ),
  )
})
