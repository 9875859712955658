import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KMSServiceException } from '@aws-sdk/client-kms'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kms as model } from '../../src/protocol/models/kms.ts'
import type { Shape } from '../../src/protocol/models/model.ts'
import { type Enclave, testEnclave } from '../attestation/enclave.ts'
import { rootsFile } from '../attestation/roots-file.ts'
import { journalText } from '../audit/read-records.ts'
import { ownClock } from '../base/own-clock.ts'
import { type KMS, type Serving, serve } from '../serving.ts'
import { startProxy, type TestProxy } from '../xks/proxy.ts'
import { exercises, type Gym } from './exercises.ts'

/**
 * Whatever bytes a KMS call sends or is answered, and whatever text AWS's model calls sensitive, is written nowhere:
 * that is plaintexts, data keys, private keys, messages and what was made of them, material, tokens, passwords.
 */

let house: Serving
let proxy: TestProxy
let enclave: Enclave
let roots: Awaited<ReturnType<typeof rootsFile>>
const log: string[] = []
/** What was sent and answered, by operation. */
const seen = new Map<string, Secret[]>()
/** What refused callers read. */
const sentences: string[] = []

interface Secret {
  readonly place: string
  readonly bytes: Buffer
}

beforeAll(async () => {
  const clock = ownClock(Date.UTC(2026, 10, 23, 12))
  proxy = await startProxy(clock)
  enclave = await testEnclave()
  roots = await rootsFile(enclave)
  house = await serve(
    {
      regions: 'us-east-1,us-west-2,eu-west-1',
      'attestation-roots': roots.path,
      'xks-addresses': `proxy.xks.example.com=${proxy.address.host}:${proxy.address.port}`,
      'xks-ca': join(import.meta.dirname, '../xks/ca.crt'),
      'xks-time-limit': '10000',
    },
    clock,
    pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
  )
  const nobody = await house.user('nobody')
  for (const kms of [house.root.kms, nobody.kms]) watch(kms)
  const recipient = () => ({
    KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
    AttestationDocument: enclave.document({ at: house.clock.now() }),
  })
  const gym: Gym = { house, proxy, recipient }
  for (const kms of [undaunted(house.root.kms), undaunted(nobody.kms)]) {
    for (const exercise of exercises()) await exercise(kms, gym)
  }
}, 120_000)
afterAll(async () => {
  await house.close()
  await proxy.close()
  await roots.remove()
})

/** A client that goes on when it is refused: what it reads then is kept in mind, too. */
function undaunted(kms: KMS): KMS {
  return new Proxy(kms, {
    get: (client, name) => async (input: never) => {
      try {
        return await client[name as 'encrypt'](input)
      } catch (error) {
        if (!(error instanceof KMSServiceException)) throw error
        sentences.push(error.message)
        return {}
      }
    },
  })
}

/** Keeps in mind what a client sends and is answered. */
function watch(kms: KMS): void {
  kms.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const name = commandName.replace(/Command$/, '')
        const operation = Object.entries(model.operations).find(([each]) => each === name)?.[1]
        const found = seen.get(name) ?? []
        seen.set(name, found)
        if (operation !== undefined && 'input' in operation) {
          found.push(...secretsIn(operation.input, args.input, name))
        }
        const result = await next(args)
        if (operation !== undefined && 'output' in operation) {
          found.push(...secretsIn(operation.output, result.output, name))
        }
        return result
      },
    { step: 'initialize' },
  )
}

const shapes: Readonly<Record<string, Shape>> = model.shapes

/** All bytes in a value of this shape, and all its text that is to be kept secret. */
function secretsIn(name: string, value: unknown, place: string): readonly Secret[] {
  const shape = shapes[name]
  if (value === undefined || value === null || shape === undefined) return []
  switch (shape.type) {
    case 'blob':
      return [{ place, bytes: Buffer.from(value as Uint8Array) }]
    case 'string':
      if (!shape.sensitive && name !== 'GrantTokenType') return []
      return [{ place, bytes: Buffer.from(String(value)) }]
    case 'list':
      return (value as unknown[]).flatMap((each) => secretsIn(shape.member, each, place))
    case 'structure':
      return Object.entries(shape.members).flatMap(([member, type]) =>
        secretsIn(type, (value as Record<string, unknown>)[member], `${place}.${member}`),
      )
    default:
      return []
  }
}

/** A piece of it that nothing else has in common, in every way in which it could be written. */
function forms({ bytes }: Secret): readonly string[] {
  const end = bytes.length - (bytes.length % 3)
  const piece = bytes.subarray(Math.max(0, end - 15), end)
  const base64 = piece.toString('base64')
  return [
    piece.toString('latin1'),
    piece.toString('hex'),
    piece.toString('hex').toUpperCase(),
    base64,
    piece.toString('base64url'),
    piece.join(','),
  ]
}

/** The places whose secrets are in a text. Shorter ones than any canary could be there by chance. */
function leaks(text: string, but: RegExp = /^$/): readonly string[] {
  const places = [...seen.values()].flat().flatMap((secret) => {
    if (secret.bytes.length < 15 || but.test(secret.place)) return []
    return forms(secret).some((form) => text.includes(form)) ? [secret.place] : []
  })
  return [...new Set(places)]
}

describe('no secret', () => {
  test('is left out here: every operation was called and bytes were exchanged', () => {
    expect([...seen.keys()].sort()).toEqual(Object.keys(model.operations).sort())
    const withBytes = ['Encrypt', 'Decrypt', 'GenerateMac', 'Sign', 'ImportKeyMaterial', 'DeriveSharedSecret']
    for (const name of withBytes) expect(seen.get(name)?.length, name).toBeGreaterThan(1)
    expect(
      leaks(
        [...seen.values()]
          .flat()
          .map(({ bytes }) => bytes.toString('base64'))
          .join(),
      ),
    ).not.toEqual([])
  })

  test('is in the journal', async () => {
    const text = await journalText(house.dataDir)
    expect(text).toContain('"eventName":"ImportKeyMaterial"')
    expect(leaks(text)).toEqual([])
  })

  test('is in the log', () => {
    expect(leaks(log.join())).toEqual([])
  })

  test('is in what refused callers read', () => {
    expect(sentences.length).toBeGreaterThan(50)
    expect(leaks(sentences.join())).toEqual([])
  })

  test('is in the database', async () => {
    const files = (await readdir(house.dataDir)).filter(
      (name) => name.includes('.db') || name.includes('sqlite'),
    )
    expect(files).not.toEqual([])
    const texts = await Promise.all(files.map((name) => readFile(join(house.dataDir, name), 'latin1')))
    // The id of a proxy's access key is none: anybody may be shown it who may describe the key store.
    expect(leaks(texts.join(), /\.AccessKeyId$/)).toEqual([])
  })
})
