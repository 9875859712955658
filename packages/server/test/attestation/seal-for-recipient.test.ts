import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { sealForRecipient } from '../../src/attestation/seal-for-recipient.ts'
import { ownChance } from '../base/own-chance.ts'
import { type Enclave, testEnclave } from './enclave.ts'

const chance = ownChance()

let enclave: Enclave
beforeAll(async () => {
  enclave = await testEnclave()
})

const seal = (plaintext: Uint8Array) => sealForRecipient(plaintext, enclave.publicKey, chance)

test('what is sealed for a recipient opens with its key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (plaintext) => {
      expect(enclave.open(seal(plaintext))).toEqual(Buffer.from(plaintext))
    }),
  )
})

test('no two answers are alike, though they say the same', () => {
  const plaintext = Buffer.from('the same')
  expect(Buffer.from(seal(plaintext)).equals(seal(plaintext))).toBe(false)
})

/**
 * The bytes around the content as AWS KMS sends them, lengths and order included: its own SDK for enclaves walks
 * through an answer by them.
 */
test('the form is that of AWS KMS to the byte', () => {
  const answer = Buffer.from(seal(Buffer.from('hello world - goodbye world!'))).toString('hex')
  const keyId = createHash('sha256')
    .update(enclave.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  const anyBytes = (count: number) => `[0-9a-f]{${2 * count}}`
  const form = [
    '308006092a864886f70d010703a080308002010231',
    `82016b308201670201028020${keyId}`,
    '303c06092a864886f70d010107302fa00f300d06096086480165030402010500',
    'a11c301a06092a864886f70d010108300d06096086480165030402010500',
    `04820100${anyBytes(256)}`,
    `308006092a864886f70d010701301d060960864801650304012a0410${anyBytes(16)}`,
    `a0800420${anyBytes(32)}00000000000000000000`,
  ]
  expect(answer).toMatch(new RegExp(`^${form.join('')}$`))
})

test.skipIf(!hasOpenssl())('OpenSSL decrypts it, as it does what AWS KMS sends', () => {
  const directory = mkdtempSync(join(tmpdir(), 'claviger-cms-'))
  try {
    const [answer, key] = [join(directory, 'answer'), join(directory, 'key.pem')]
    writeFileSync(key, enclave.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    for (const length of [1, 15, 16, 32, 1024, 4096]) {
      const plaintext = chance.bytes(length)
      writeFileSync(answer, seal(plaintext))
      const opened = execFileSync('openssl', [
        ...['cms', '-decrypt', '-inform', 'DER', '-in', answer, '-inkey', key, '-binary'],
      ])
      expect(opened).toEqual(Buffer.from(plaintext))
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
