import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decrypt, encrypt } from '../../src/crypto/asymmetric-encryption.ts'
import { reveal } from '../../src/crypto/secret.ts'
import { sign, verify } from '../../src/crypto/signing.ts'
import type { SigningAlgorithm } from '../../src/crypto/signing-algorithm.ts'
import { hashedMessage, pairOf, signers } from './pairs.ts'

/**
 * With the OpenSSL that a machine has, which is another one than Node's: what we sign and encrypt, it verifies and
 * decrypts, and the other way round.
 */

const folder = mkdtempSync(join(tmpdir(), 'claviger-openssl-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const openssl = (...parts: string[]) =>
  execFileSync('openssl', parts, { cwd: folder, stdio: 'pipe' }).toString()

function version(): number {
  try {
    return Number(/^OpenSSL (\d+)\./.exec(openssl('version'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

const isThere = version() >= 3
if (!isThere) console.log('skipped: there is no openssl command of version 3 or later')

const message = Buffer.from('what was signed')

/** What `openssl pkeyutl` has to be told for an algorithm. */
function optionsOf(algorithm: SigningAlgorithm): string[] {
  const digest = algorithm === 'SM2DSA' ? 'sm3' : `sha${algorithm.slice(-3)}`
  if (algorithm === 'ED25519_SHA_512') return ['-rawin']
  const hashing = ['-rawin', '-digest', digest]
  if (algorithm === 'SM2DSA') return [...hashing, '-pkeyopt', 'distid:1234567812345678']
  if (!algorithm.includes('PSS')) return hashing
  return [...hashing, '-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest']
}

async function writeKeys(spec: Parameters<typeof pairOf>[0]) {
  const pair = await pairOf(spec)
  writeFileSync(at('private.der'), reveal(pair.privateKey))
  writeFileSync(at('public.der'), pair.publicKey.spki)
  writeFileSync(at('message'), message)
  return pair
}

const known = signers.filter(([, algorithm]) => !/ML_DSA|_PH_/.test(algorithm))

describe.skipIf(!isThere)('the openssl command', () => {
  test.each(known)('%s %s: verifies what we sign', async (spec, algorithm) => {
    const { privateKey, publicKey } = await writeKeys(spec)
    const forms = [{ type: 'RAW', bytes: message } as const]
    const hashed = algorithm === 'ED25519_SHA_512' ? [] : [hashedMessage(algorithm, publicKey, message)]
    for (const form of [...forms, ...hashed]) {
      writeFileSync(at('signature'), await sign(privateKey, algorithm, form))
      const key = ['-pubin', '-inkey', 'public.der', '-keyform', 'DER', '-sigfile', 'signature']
      const said = openssl('pkeyutl', '-verify', ...key, '-in', 'message', ...optionsOf(algorithm))
      expect(said).toContain('Verified Successfully')
    }
  })

  test.each(known)('%s %s: signs what we verify', async (spec, algorithm) => {
    const { publicKey } = await writeKeys(spec)
    const key = ['-inkey', 'private.der', '-keyform', 'DER', '-out', 'signature']
    openssl('pkeyutl', '-sign', ...key, '-in', 'message', ...optionsOf(algorithm))
    const signature = readFileSync(at('signature'))
    expect(await verify(publicKey, algorithm, { type: 'RAW', bytes: message }, signature)).toBe(true)
    if (algorithm === 'ED25519_SHA_512') return
    expect(await verify(publicKey, algorithm, hashedMessage(algorithm, publicKey, message), signature)).toBe(
      true,
    )
  })

  const oaep = ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256']
  test.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_256', oaep],
    ['SM2', 'SM2PKE', []],
  ] as const)('%s %s: decrypts what we encrypt, and the other way round', async (spec, algorithm, options) => {
    const { privateKey, publicKey } = await writeKeys(spec)
    writeFileSync(at('ciphertext'), await encrypt(publicKey, algorithm, message))
    const own = ['-inkey', 'private.der', '-keyform', 'DER', '-in', 'ciphertext']
    expect(openssl('pkeyutl', '-decrypt', ...own, ...options)).toBe(message.toString())
    const theirs = [
      '-pubin',
      '-inkey',
      'public.der',
      '-keyform',
      'DER',
      '-in',
      'message',
      '-out',
      'ciphertext',
    ]
    openssl('pkeyutl', '-encrypt', ...theirs, ...options)
    expect(await decrypt(privateKey, algorithm, readFileSync(at('ciphertext')))).toEqual(
      Uint8Array.from(message),
    )
  })
})
