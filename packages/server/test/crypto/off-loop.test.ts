import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { offLoop } from '../../src/crypto/off-loop.ts'
import { publicKeyObject } from '../../src/crypto/public-key.ts'
import { sign } from '../../src/crypto/signing.ts'
import { hashedMessage, pairOf } from './pairs.ts'

test('slow signatures do not hold up others', async () => {
  const { privateKey, publicKey } = await pairOf('RSA_4096')
  const message = hashedMessage('RSASSA_PSS_SHA_512', publicKey, Buffer.from('hi'))
  await sign(privateKey, 'RSASSA_PSS_SHA_512', message)
  // On the event loop these would be one turn of some 60 ms; elsewhere many turns pass meanwhile.
  let turns = 0
  const counting = setInterval(() => (turns += 1), 1)
  await Promise.all(Array.from({ length: 40 }, () => sign(privateKey, 'RSASSA_PSS_SHA_512', message)))
  clearInterval(counting)
  expect(turns).toBeGreaterThan(10)
})

test('what goes wrong in a worker is told by nothing but its absence', async () => {
  const { publicKey } = await pairOf('ECC_NIST_P256')
  const notPrivate = publicKeyObject(publicKey)
  expect(
    await offLoop('signEcdsaDigest', { privateKey: notPrivate, message: Buffer.alloc(32) }),
  ).toBeUndefined()
  expect(
    await offLoop('signSm2', { privateKey: notPrivate, message: Buffer.alloc(32), hashed: true }),
  ).toBeUndefined()
})

test('workers keep no process alive that has nothing else to do', async () => {
  const script = `
    const { newKeyPair } = await import('./key-pair.ts')
    const { sign } = await import('./signing.ts')
    const { privateKey } = await newKeyPair('ECC_NIST_P256')
    const message = { type: 'DIGEST', bytes: Buffer.alloc(32, 1) }
    console.log((await sign(privateKey, 'ECDSA_SHA_256', message)).length > 60)
  `
  const cwd = resolve(import.meta.dirname, '../../src/crypto')
  const options = { cwd, timeout: 20_000 }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    options,
  )
  expect(stdout).toBe('true\n')
})
