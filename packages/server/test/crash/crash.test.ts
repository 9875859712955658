import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { type JournalEnd, journalKeyPath, verifyJournal } from '@claviger/server'
import { describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { allPages, keyPolicy, type Person, rootCredentials, textOf } from '../serving.ts'
import { emptyDirectory, type Running, rootOf, running, spawnService } from './process.ts'

/**
 * The service is killed, as by the power: no handler runs, no file is closed. Whatever it had answered must be there
 * afterwards; whatever it had not may be there or not, but never in part.
 */

const minutes = 60_000

/** Something a call was answered with, and how to find out that it is still true. */
interface Promised {
  readonly requestId: string
  readonly what: string
  holds(root: Person): Promise<boolean>
}

interface Made {
  readonly id: string
  readonly arn: string
}

/** What may be done at any moment, told apart by number: each call is one that nobody else makes. */
type Deed = (root: Person, key: Made, number: number) => Promise<Promised>

const deeds: readonly Deed[] = [
  async ({ kms }, { id }, number) => {
    const plaintext = `letter ${number}`
    const EncryptionContext = { number: String(number) }
    const { CiphertextBlob, $metadata } = await kms.encrypt({
      KeyId: id,
      Plaintext: Buffer.from(plaintext),
      EncryptionContext,
    })
    return promise($metadata, plaintext, async (root) => {
      const { Plaintext } = await root.kms.decrypt({ CiphertextBlob, EncryptionContext })
      return textOf(Plaintext) === plaintext
    })
  },
  async ({ kms }, _key, number) => {
    const { KeyMetadata, $metadata } = await kms.createKey({ Description: `key ${number}` })
    const KeyId = String(KeyMetadata?.KeyId)
    return promise($metadata, `key ${KeyId}`, async (root) => {
      const { CiphertextBlob } = await root.kms.encrypt({ KeyId, Plaintext: Buffer.from('a') })
      const shown = await root.kms.describeKey({ KeyId })
      const { Plaintext } = await root.kms.decrypt({ CiphertextBlob })
      return shown.KeyMetadata?.Description === `key ${number}` && textOf(Plaintext) === 'a'
    })
  },
  async ({ kms }, _key, number) => {
    const { KeyMetadata } = await kms.createKey({})
    const AliasName = `alias/name-${number}`
    const { $metadata } = await kms.createAlias({ AliasName, TargetKeyId: KeyMetadata?.KeyId })
    return promise($metadata, AliasName, async (root) => {
      return (await root.kms.describeKey({ KeyId: AliasName })).KeyMetadata?.KeyId === KeyMetadata?.KeyId
    })
  },
  async ({ kms }, _key, number) => {
    const { KeyMetadata } = await kms.createKey({})
    const KeyId = KeyMetadata?.KeyId
    const Policy = keyPolicy({ Sid: `n${number}`, Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt' })
    const { $metadata } = await kms.putKeyPolicy({ KeyId, Policy })
    return promise($metadata, `key policy ${number}`, async (root) => {
      return (await root.kms.getKeyPolicy({ KeyId })).Policy === Policy
    })
  },
  async ({ kms }, { id: KeyId }, number) => {
    const TagKey = `tag-${number % 40}`
    const { KeyMetadata } = await kms.createKey({})
    const Tags = [{ TagKey, TagValue: String(number) }]
    const { $metadata } = await kms.tagResource({ KeyId: KeyMetadata?.KeyId ?? KeyId, Tags })
    return promise($metadata, `tag ${TagKey}`, async (root) => {
      const tags = (await root.kms.listResourceTags({ KeyId: KeyMetadata?.KeyId })).Tags
      return JSON.stringify(tags) === JSON.stringify(Tags)
    })
  },
  async ({ kms, arn }, { id: KeyId }) => {
    const { GrantId, $metadata } = await kms.createGrant({
      KeyId,
      GranteePrincipal: arn,
      Operations: ['Decrypt'],
    })
    return promise($metadata, `grant ${GrantId}`, async (root) => {
      return (await root.kms.listGrants({ KeyId, GrantId })).Grants?.length === 1
    })
  },
]

function promise(
  { requestId = '' }: { requestId?: string | undefined },
  what: string,
  holds: Promised['holds'],
): Promised {
  return { requestId, what, holds }
}

/** Calls from several sides, each starting the next when one is answered, until the service is gone. */
async function load(service: Running, key: Made, begin: number): Promise<Promised[]> {
  const root = rootOf(service)
  const promised: Promised[] = []
  let number = begin
  const side = async () => {
    for (;;) {
      number += 1
      const deed = deeds[number % deeds.length]
      try {
        if (deed !== undefined) promised.push(await deed(root, key, number))
      } catch (error) {
        if (isHungUp(error)) return
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, side))
  return promised
}

/** The connection ended, which is all that a killed service says. */
function isHungUp(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string }
  return ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(String(code)) || name === 'TimeoutError'
}

interface JournalRead {
  readonly end: JournalEnd
  /** Of every call. */
  readonly requestIds: ReadonlySet<string>
  /** Of every key that was made. */
  readonly keyIds: ReadonlySet<string>
}

interface Line {
  readonly record: {
    readonly requestID?: string
    readonly eventName: string
    readonly responseElements: { readonly keyMetadata?: { readonly keyId: string } } | null
  }
}

/** The journal as it lies there after a kill: every line but a torn last one must be whole. */
async function readJournal(dataDir: string): Promise<JournalRead> {
  const directory = join(dataDir, 'audit')
  const publicKey = await readFile(journalKeyPath(directory), 'utf8')
  const end = await verifyJournal(directory, { publicKey })
  if ('fault' in end)
    throw new Error(`the journal is ${end.fault} at line ${end.line} of segment ${end.segment}`)
  const records = (await recordsIn(dataDir)) as unknown as readonly Line['record'][]
  const keys = records.filter(({ eventName }) => eventName === 'CreateKey')
  return {
    end,
    requestIds: new Set(records.map(({ requestID }) => String(requestID))),
    keyIds: new Set(keys.map(({ responseElements }) => String(responseElements?.keyMetadata?.keyId))),
  }
}

/** The ids of all keys that are there, answered for or not. */
async function keysThere({ kms }: Person): Promise<string[]> {
  const pages = await allPages((Marker) => kms.listKeys({ Limit: 1000, Marker }))
  return pages.flatMap(({ Keys }) => Keys?.map(({ KeyId }) => String(KeyId)) ?? [])
}

async function broken(promised: readonly Promised[], root: Person): Promise<string[]> {
  const checks = promised.map(async ({ what, holds }) =>
    (await holds(root).catch(() => false)) ? [] : [what],
  )
  return (await Promise.all(checks)).flat()
}

describe('killed at any moment under load, the service', () => {
  test('keeps everything it has answered and nothing that is not recorded, thirty times over', {
    timeout: 5 * minutes,
  }, async () => {
    const dataDir = await emptyDirectory()
    let service = await running({ dataDir })
    const { KeyMetadata } = await rootOf(service).kms.createKey({})
    const key = { id: String(KeyMetadata?.KeyId), arn: String(KeyMetadata?.Arn) }
    const all: Promised[] = []
    for (let round = 1; round <= 30; round += 1) {
      const loading = load(service, key, round * 1_000_000)
      await after(Math.random() * 350)
      service.kill('SIGKILL')
      const promised = await loading
      expect(await service.ended).toMatchObject({ signal: 'SIGKILL' })

      const { requestIds } = await readJournal(dataDir)
      const unrecorded = promised.filter(({ requestId }) => !requestIds.has(requestId))
      expect(unrecorded.map(({ what }) => what)).toEqual([])
      service = await running({ dataDir })
      expect(await broken(promised, rootOf(service))).toEqual([])
      const { end, keyIds } = await readJournal(dataDir)
      expect(end.tornBytes).toBe(0)
      const strangers = (await keysThere(rootOf(service))).filter((keyId) => !keyIds.has(keyId))
      expect(strangers, 'keys that no record tells of').toEqual([])
      all.push(...promised)
    }
    expect(all.length).toBeGreaterThan(100)
    const some = all.filter((_promised, index) => index % 5 === 0)
    expect(await broken(some, rootOf(service))).toEqual([])
  })

  test('can be killed while it starts, the first time or later', { timeout: 3 * minutes }, async () => {
    const dataDir = await emptyDirectory()
    for (let round = 1; round <= 12; round += 1) {
      if (round % 3 === 1) await rm(dataDir, { recursive: true, force: true })
      const child = spawnService({ dataDir, environment: {} })
      const ended = new Promise((end) => child.on('close', end))
      await after(100 + Math.random() * 250)
      child.kill('SIGKILL')
      await ended
      if (round % 3 !== 0) continue
      const service = await running({ dataDir, environment: {} })
      const written = await readFile(join(dataDir, 'credentials'), 'utf8')
      const [, accessKeyId = '', secretAccessKey = ''] =
        /aws_access_key_id = (.*)\naws_secret_access_key = (.*)\n/.exec(written) ?? []
      const { kms } = rootOf(service, { ...rootCredentials, accessKeyId, secretAccessKey })
      await kms.createKey({})
      service.kill('SIGKILL')
      await service.ended
      expect((await readJournal(dataDir)).end.lines).toBeGreaterThan(0)
    }
  })
})
