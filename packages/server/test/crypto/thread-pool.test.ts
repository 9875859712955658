import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { newPlainKeyPair } from '../../src/crypto/key-pair.ts'
import { sign } from '../../src/crypto/signing.ts'
import { pairOf } from './pairs.ts'

/** Files and slow cryptography share Node's thread pool, and every answer waits for a file: the journal. */

const filesAreFirst = (slow: readonly Promise<unknown>[]) =>
  Promise.race([
    stat(import.meta.filename).then(() => 'files'),
    ...slow.map((each) => each.then(() => 'slow')),
  ])

test('however many RSA keys are being made, files are read and written', async () => {
  const slow = Array.from({ length: 8 }, () => newPlainKeyPair('RSA_3072'))
  expect(await filesAreFirst(slow)).toBe('files')
  await Promise.all(slow)
}, 60_000)

test('RSA keys that are being made hold up no other key', async () => {
  const slow = Array.from({ length: 8 }, () => newPlainKeyPair('RSA_3072'))
  const quick = newPlainKeyPair('ML_KEM_768').then(() => 'quick')
  expect(await Promise.race([quick, Promise.all(slow).then(() => 'slow')])).toBe('quick')
  await Promise.all(slow)
}, 60_000)

test('what fails gives its turn to the next', async () => {
  const { privateKey } = await pairOf('RSA_4096')
  const message = { type: 'RAW', bytes: Buffer.from('hi') } as const
  const wrong = Array.from({ length: 12 }, () => newPlainKeyPair('NONE' as never))
  expect((await Promise.allSettled(wrong)).every(({ status }) => status === 'rejected')).toBe(true)
  const right = Array.from({ length: 12 }, () => sign(privateKey, 'RSASSA_PSS_SHA_256', message))
  expect(await Promise.all(right)).toHaveLength(12)
})
