import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { expect, test } from 'vitest'
import { agree } from '../../src/crypto/agreement.ts'
import { decapsulate, encapsulate } from '../../src/crypto/encapsulation.ts'
import { generateMac, type MacAlgorithm, verifyMac } from '../../src/crypto/mac.ts'
import { PublicKey, publicKeyObject } from '../../src/crypto/public-key.ts'
import { revealAsPrivateKey, Secret } from '../../src/crypto/secret.ts'
import { pairOf } from './pairs.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

test.each([
  ['ECC_NIST_P256', 32],
  ['ECC_NIST_P384', 48],
  ['ECC_NIST_P521', 66],
  ['SM2', 32],
] as const)('both sides of an agreement on %s come to the same %i bytes', async (spec, length) => {
  const [ours, theirs] = [await pairOf(spec), await pairOf(spec, 'second')]
  const secret = await agree(ours.privateKey, theirs.publicKey)
  expect(secret).toHaveLength(length)
  expect(Buffer.from(secret ?? [])).toEqual(
    Buffer.from((await agree(theirs.privateKey, ours.publicKey)) ?? []),
  )
})

test('OpenSSL comes to the same secret', async () => {
  const [ours, theirs] = [await pairOf('ECC_NIST_P384'), await pairOf('ECC_NIST_P384', 'second')]
  const secret = diffieHellman({
    privateKey: revealAsPrivateKey(theirs.privateKey),
    publicKey: publicKeyObject(ours.publicKey),
  })
  expect(Buffer.from((await agree(ours.privateKey, theirs.publicKey)) ?? [])).toEqual(secret)
})

test('keys on two curves agree on nothing', async () => {
  const [one, other] = [await pairOf('ECC_NIST_P256'), await pairOf('ECC_NIST_P384')]
  expect(await agree(one.privateKey, other.publicKey)).toBeUndefined()
  const sm2 = await pairOf('SM2')
  expect(await agree(one.privateKey, sm2.publicKey)).toBeUndefined()
  expect(await agree(sm2.privateKey, one.publicKey)).toBeUndefined()
})

test('RFC 5903 §8.1: ECDH on P-256', async () => {
  const named = { asymmetricKeyType: 'ec', namedCurve: 'prime256v1' } as const
  const scalar = hex('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433')
  const own = createPrivateKey({ key: scalar, format: 'raw-private', ...named })
  const point = hex(
    '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63' +
      '56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
  )
  const peer = createPublicKey({ key: point, format: 'raw-public', ...named })
  const secret = await agree(
    new Secret(own.export({ format: 'der', type: 'pkcs8' })),
    new PublicKey(peer.export({ format: 'der', type: 'spki' })),
  )
  expect(Buffer.from(secret ?? []).toString('hex')).toBe(
    'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
  )
})

test.each([
  ['ML_KEM_512', 768],
  ['ML_KEM_768', 1088],
  ['ML_KEM_1024', 1568],
] as const)('%s gives both sides the same 32 bytes, by a ciphertext of %i', async (spec, length) => {
  const { privateKey, publicKey } = await pairOf(spec)
  const { sharedSecret, ciphertext } = await encapsulate(publicKey)
  expect(ciphertext).toHaveLength(length)
  expect(sharedSecret).toHaveLength(32)
  expect(Buffer.from((await decapsulate(privateKey, ciphertext)) ?? [])).toEqual(Buffer.from(sharedSecret))
})

test('a changed ciphertext of ML-KEM gives bytes that nobody has, the same each time; a cut one gives none', async () => {
  const { privateKey, publicKey } = await pairOf('ML_KEM_768')
  const { sharedSecret, ciphertext } = await encapsulate(publicKey)
  const changed = Buffer.from(ciphertext)
  changed.set([(changed[0] ?? 0) ^ 1])
  const rejected = await decapsulate(privateKey, changed)
  expect(rejected).toHaveLength(32)
  expect(Buffer.from(rejected ?? [])).not.toEqual(Buffer.from(sharedSecret))
  expect(await decapsulate(privateKey, changed)).toEqual(rejected)
  for (const wrong of [ciphertext.subarray(1), Buffer.concat([ciphertext, Buffer.of(0)]), Buffer.alloc(0)])
    expect(await decapsulate(privateKey, wrong)).toBeUndefined()
})

/** RFC 4231 §4.3. */
test.each([
  ['HMAC_SHA_224', 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44'],
  ['HMAC_SHA_256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  [
    'HMAC_SHA_384',
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  ],
  [
    'HMAC_SHA_512',
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  ],
] as const)('RFC 4231: %s, and no other bytes are its MAC', (algorithm: MacAlgorithm, wanted) => {
  const secret = new Secret(Buffer.from('Jefe'))
  const message = Buffer.from('what do ya want for nothing?')
  const mac = generateMac(secret, algorithm, message)
  expect(mac.toString('hex')).toBe(wanted)
  expect(verifyMac(secret, algorithm, message, mac)).toBe(true)
  for (const wrong of [mac.subarray(1), Buffer.concat([mac, Buffer.of(0)]), Buffer.alloc(mac.length)])
    expect(verifyMac(secret, algorithm, message, wrong)).toBe(false)
  expect(verifyMac(secret, algorithm, Buffer.from('something else'), mac)).toBe(false)
})
