import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import {
  type Claviger,
  IndexReader,
  indexPath,
  journalKeyPath,
  listSegments,
  readSettings,
  start,
} from '@claviger/server'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openJournal } from '../../server/src/audit/file/journal-file.ts'
import { JournalIndex } from '../../server/src/audit/index/journal-index.ts'
import type { Journal } from '../../server/src/audit/journal.ts'
import { runCommandLine } from '../src/run-command-line.ts'

/** `claviger audit search`, over the journals of a service and over such as were made for it. */

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'claviger-search-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

/** Types a search. @returns how it ended and what it printed */
async function search(directory: string, ...words: string[]) {
  const printing = typing(['--data-dir', directory, ...words])
  const status = await printing.ended
  return { status, out: printing.out(), said: printing.said() }
}

/** Starts a search and goes on: one that follows ends when it is told to. */
function typing(words: readonly string[]) {
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 1 << 26 }), new PassThrough()]
  let stop: (signal: string) => void = () => undefined
  const stopped = new Promise<string>((resolve) => {
    stop = resolve
  })
  let out = ''
  stdout.on('data', (chunk) => {
    out += chunk
  })
  const io = { stdin: new PassThrough(), stdout, stderr, environment: {}, stopped }
  return {
    ended: runCommandLine(['audit', 'search', ...words], io),
    stop: () => stop('SIGINT'),
    out: () => out,
    said: () => String(stderr.read() ?? ''),
  }
}

/** The event ids of the records that were printed as JSON. */
const idsIn = (out: string) => linesIn(out).map((line) => JSON.parse(line).eventID as string)
const linesIn = (out: string) => out.split('\n').filter((line) => line !== '')

describe('what a service recorded', () => {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'a-secret-for-this-test-and-no-other',
  }
  let claviger: Claviger
  let served: string
  let keyId: string
  let requestId: string
  beforeAll(async () => {
    served = await mkdtemp(join(tmpdir(), 'claviger-searched-'))
    claviger = await start(
      readSettings({
        flags: { listen: '127.0.0.1:0', 'data-dir': served, 'log-level': 'silent' },
        environment: {
          CLAVIGER_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
          CLAVIGER_ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
        file: {},
      }),
      pino({ level: 'silent' }),
    )
    const common = { endpoint: claviger.url, region: 'us-east-1', maxAttempts: 1 }
    const [kms, iam] = [new KMS({ ...common, credentials }), new IAM({ ...common, credentials })]
    keyId = String((await kms.createKey({})).KeyMetadata?.KeyId)
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: keyId })
    const Plaintext = Buffer.from('hush')
    requestId = String((await kms.encrypt({ KeyId: 'alias/orders', Plaintext })).$metadata.requestId)
    await iam.createUser({ UserName: 'eve' })
    const { AccessKey } = await iam.createAccessKey({ UserName: 'eve' })
    const eve = new KMS({
      ...common,
      credentials: {
        accessKeyId: String(AccessKey?.AccessKeyId),
        secretAccessKey: String(AccessKey?.SecretAccessKey),
      },
    })
    await eve.describeKey({ KeyId: keyId }).catch(() => undefined)
    await kms.disableKey({ KeyId: keyId })
    await kms.encrypt({ KeyId: keyId, Plaintext }).catch(() => undefined)
    const { GrantId } = await kms.enableKey({ KeyId: keyId }).then(() =>
      kms.createGrant({
        KeyId: keyId,
        GranteePrincipal: 'arn:aws:iam::111122223333:user/eve',
        Operations: ['Encrypt'],
      }),
    )
    await eve.encrypt({ KeyId: keyId, Plaintext })
    grantId = String(GrantId)
  })
  let grantId: string
  afterAll(async () => {
    await claviger.close()
    await rm(served, { recursive: true, force: true })
  })

  test('is shown as who did what to which key, what came of it and why', async () => {
    const { status, out, said } = await search(served, '--key', keyId, '--from', '-1h')
    expect(status).toBe(0)
    const rows = linesIn(out).map((line) => line.replace(/^\S+Z/, 'time').split(/ {2,}/))
    expect(rows[0]).toEqual(['TIME', 'WHO', 'WHAT', 'KEY', 'OUTCOME', 'WHY'])
    const allowed = ['allowed', 'key-policy: Enable IAM User Permissions']
    const denied = ['denied', 'nothing in identity-policy allows it']
    const own = (who: string, what: string, why: readonly string[]) => ['time', who, what, keyId, ...why]
    // An operation of an alias is of two resources.
    const inTable = rows.slice(1).map((row) => row.map((cell) => cell.replace(/ \+1$/, '')))
    expect(inTable).toEqual([
      own('root', 'CreateKey', ['allowed', 'identity-policy']),
      own('root', 'CreateAlias', ['allowed', 'identity-policy']),
      own('root', 'Encrypt', allowed),
      own('eve', 'DescribeKey', denied),
      own('root', 'DisableKey', allowed),
      own('root', 'Encrypt', ['failed', expect.stringContaining('DisabledException: arn:')]),
      own('root', 'EnableKey', allowed),
      own('root', 'CreateGrant', allowed),
      own('eve', 'Encrypt', ['allowed', `grant: ${grantId}`]),
    ])
    expect(said).toMatch(/^\d found; looked through \d+ records in /)
  })

  test.each([
    [
      ['--principal', 'eve'],
      ['DescribeKey', 'Encrypt'],
    ],
    [
      ['--principal', 'arn:aws:iam::111122223333:user/eve'],
      ['DescribeKey', 'Encrypt'],
    ],
    [
      ['--principal', 'root', '--service', 'iam'],
      ['CreateUser', 'CreateAccessKey'],
    ],
    [['--outcome', 'denied'], ['DescribeKey']],
    [
      ['--outcome', 'ImplicitDeny,failed'],
      ['DescribeKey', 'Encrypt'],
    ],
    [
      ['--error-code', 'accessdenied,DisabledException'],
      ['DescribeKey', 'Encrypt'],
    ],
    [['--layer', 'grant'], ['Encrypt']],
    [
      ['--operation', 'describekey,DISABLEKEY'],
      ['DescribeKey', 'DisableKey'],
    ],
    [
      ['--key', 'alias/orders'],
      ['CreateAlias', 'Encrypt'],
    ],
    [['--source-ip', '127.0.0.0/8', '--operation', 'DisableKey'], ['DisableKey']],
    [['--source-ip', '10.0.0.0/8'], []],
    [['--region', 'eu-west-1'], []],
    [['--account', '111122223333', '--operation', 'DisableKey'], ['DisableKey']],
    [['--to', '-1h'], []],
    [['--operation', 'Encrypt', '--limit', '1', '--principal', 'root'], ['Encrypt']],
  ])('is found by %j', async (words, names) => {
    const { status, out } = await search(served, '--json', ...words)
    expect(linesIn(out).map((line) => JSON.parse(line).eventName)).toEqual(names)
    expect(status).toBe(names.length > 0 ? 0 : 1)
  })

  test('is found by what only the service knows: request ids, event ids and grants', async () => {
    const { out } = await search(served, '--json', '--request-id', requestId)
    const [record] = linesIn(out).map((line) => JSON.parse(line))
    expect(record).toMatchObject({ eventName: 'Encrypt', requestParameters: { keyId: 'alias/orders' } })
    expect(idsIn((await search(served, '--json', '--event-id', record.eventID)).out)).toEqual([
      record.eventID,
    ])
    const ofGrant = linesIn((await search(served, '--json', '--grant', grantId)).out)
    expect(ofGrant.map((line) => JSON.parse(line).eventName)).toEqual(['CreateGrant', 'Encrypt'])
  })
})

/** Records of a few keys and users, some of them refused: what searches are made of. */
const told = fc.record({
  user: fc.constantFrom('alice', 'bob'),
  key: fc.constantFrom('1111', '2222', '3333'),
  name: fc.constantFrom('Encrypt', 'Decrypt'),
  isKnown: fc.boolean(),
})

const begin = Date.UTC(2026, 10, 1)
const arnOf = (key: string) => `arn:aws:kms:us-east-1:111122223333:key/${key}`

interface Told {
  readonly user: string
  readonly key: string
  readonly name: string
  readonly isKnown: boolean
}

const recordOf = ({ user, key, name, isKnown }: Told, at: number) => ({
  eventTime: `${new Date(begin + at * 1000).toISOString().slice(0, 19)}Z`,
  eventID: `event-${at}`,
  eventName: name,
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', userName: user },
  requestParameters: { keyId: key },
  ...(isKnown ? { resources: [{ ARN: arnOf(key) }] } : { errorCode: 'NotFoundException' }),
})

test('with an index, without one, and with one that is behind, the same is found', {
  timeout: 60_000,
}, async () => {
  const wishes = fc.record({
    key: fc.constantFrom('1111', arnOf('2222'), '3333'),
    user: fc.option(fc.constantFrom('alice', 'bob'), { nil: undefined }),
    limit: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    from: fc.option(fc.nat({ max: 300 }), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(told, { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      wishes,
      async (all, part, { key, user, limit, from }) => {
        const directory = await mkdtemp(join(dataDir, 'same-'))
        const audit = join(directory, 'audit')
        const journal = await openJournal({ directory: audit, segmentBytes: 20_000 })
        const indexed = Math.floor(all.length * part)
        for (const [at, each] of all.entries()) {
          if (at === indexed) await indexUpTo(directory, journal)
          void journal.append(recordOf(each, at))
          if (at % 20 === 0 || at === indexed - 1)
            await journal.append(recordOf({ ...each, key: 'none' }, 1000 + at))
        }
        await journal.close()
        const words = [
          ...['--json', '--key', key],
          ...(user === undefined ? [] : ['--principal', user]),
          ...(limit === undefined ? [] : ['--limit', String(limit)]),
          ...(from === undefined ? [] : ['--from', new Date(begin + from * 1000).toISOString()]),
        ]
        const wanted = all.flatMap((each, at) => {
          const isBySomebodyElse = user !== undefined && each.user !== user
          return key.endsWith(each.key) && !isBySomebodyElse && at >= (from ?? 0) ? [`event-${at}`] : []
        })
        const expected = limit === undefined ? wanted : wanted.slice(-limit)
        expect(idsIn((await search(directory, ...words)).out)).toEqual(expected)
        const elsewhere = await search(directory, '--journal', audit, ...words)
        expect(idsIn(elsewhere.out)).toEqual(expected)
      },
    ),
    { numRuns: 40 },
  )
})

async function indexUpTo(directory: string, journal: Journal): Promise<void> {
  const index = await JournalIndex.open(indexPath(directory), join(directory, 'audit'))
  await index.catchUp(journal.length())
  index.close()
  expect(IndexReader.open(indexPath(directory), join(directory, 'audit'))?.close()).toBeUndefined()
}

test('a search through many files says how much it looked through, and what it could not read', async () => {
  const directory = await mkdtemp(join(dataDir, 'damaged-'))
  const audit = join(directory, 'audit')
  const journal = await openJournal({ directory: audit, segmentBytes: 2000 })
  for (let at = 0; at < 40; at += 1) {
    await journal.append(recordOf({ user: 'alice', key: '1111', name: 'Encrypt', isKnown: true }, at))
  }
  await journal.close()
  const { said } = await search(directory, '--json')
  expect(said).toMatch(/^40 found; looked through 40 records in \d+\.\d s\n$/)
  const [first = 0] = await listSegments(audit)
  await writeFile(join(audit, `journal-${String(first).padStart(8, '0')}.jsonl.gz`), 'this is no archive')
  const last = (await listSegments(audit)).at(-1)
  await writeFile(join(audit, `journal-${String(last).padStart(8, '0')}.jsonl`), 'no line of ours\n')
  const damaged = await search(directory, '--json')
  expect(idsIn(damaged.out).at(0)).not.toBe('event-0')
  expect(damaged.said).toContain('1 lines are no records')
  expect(damaged.said).toContain(`segment ${first} cannot be read to its end`)
  expect(damaged.said).toContain('`claviger audit verify` says what was done to the journal')
})

test('what strangers sent cannot move the cursor of whoever reads the table', async () => {
  const directory = await mkdtemp(join(dataDir, 'hostile-'))
  const journal = await openJournal({ directory: join(directory, 'audit') })
  await journal.append({ eventName: 'Encrypt', requestParameters: { keyId: '\u001b[2Jgone\r\nsecond line' } })
  await journal.close()
  const { out } = await search(directory)
  expect(linesIn(out)).toHaveLength(2)
  expect(out).not.toContain('\u001b[2J')
})

test('a line that somebody wrote into the files, and that is no record, ends no search', async () => {
  const forged = [
    { eventName: 5 },
    { eventTime: {} },
    { userIdentity: null },
    { userIdentity: { sessionContext: null } },
    { userIdentity: { arn: ['x'] } },
    { userIdentity: { sessionContext: { sessionIssuer: { userName: 1 } } } },
    { resources: 5 },
    { resources: [null] },
    { requestParameters: 'keyId' },
    { additionalEventData: 1 },
    { additionalEventData: { decision: null } },
    { additionalEventData: { decision: { outcome: 1 } } },
    { additionalEventData: { decision: { statements: [null] } } },
  ]
  const directory = await mkdtemp(join(dataDir, 'hostile-'))
  const journal = await openJournal({ directory: join(directory, 'audit') })
  for (const each of forged) await journal.append(each)
  await journal.append({ eventName: 'Encrypt', resources: null, additionalEventData: null })
  await journal.close()
  for (const criteria of [[], ['--operation', 'Encrypt'], ['--outcome', 'allowed'], ['--layer', 'grant']]) {
    const { said } = await search(directory, ...criteria)
    expect(said).toContain(`${forged.length} lines are no records`)
  }
  expect((await search(directory)).out).toContain('Encrypt')
})

test('nor can it of whoever reads the records themselves, which say the same as before', async () => {
  const directory = await mkdtemp(join(dataDir, 'hostile-'))
  const journal = await openJournal({ directory: join(directory, 'audit') })
  // Headers may hold U+009B, which terminals take for ESC [; and letters may be told to read backwards.
  const userAgent = 'a\u009b2Jb\u007f\u202ec\u2028d\u{e0001}'
  await journal.append({ eventName: 'Encrypt\u202e', userAgent })
  await journal.close()
  const { out } = await search(directory, '--json')
  expect(out.replace('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
  expect(JSON.parse(out)).toMatchObject({ userAgent })
  expect((await search(directory)).out).not.toContain('\u202e')
})

describe('following', () => {
  function newKey() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    return {
      publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64'),
    }
  }

  test('shows what comes, once and in order, while files are closed and compressed', {
    timeout: 60_000,
  }, async () => {
    const directory = await mkdtemp(join(dataDir, 'followed-'))
    const audit = join(directory, 'audit')
    const key = newKey()
    const journal = await openJournal({ directory: audit, key, keyIsNew: true, segmentBytes: 5000 })
    await writeFile(journalKeyPath(audit), key.publicKey)
    const append = (from: number, to: number, user: string) =>
      Promise.all(
        Array.from({ length: to - from }, (_, at) =>
          journal.append(recordOf({ user, key: '1111', name: 'Encrypt', isKnown: true }, from + at)),
        ),
      )
    await append(0, 10, 'alice')
    const onlyNew = typing(['--data-dir', directory, '--follow', '--json', '--principal', 'alice'])
    const withSome = typing(['--data-dir', directory, '--follow', '--json', '--limit', '2'])
    await until(() => linesIn(withSome.out()).length === 2)
    await setTimeout(100)
    for (let at = 10; at < 400; at += 10) {
      await append(at, at + 9, 'alice')
      await append(at + 9, at + 10, 'bob')
      if (at % 50 === 0) await setTimeout(60)
    }
    const all = Array.from({ length: 400 }, (_, at) => `event-${at}`)
    await until(() => linesIn(withSome.out()).length >= 392)
    expect(idsIn(withSome.out())).toEqual(all.slice(8))
    await until(() => linesIn(onlyNew.out()).length >= 351)
    expect(idsIn(onlyNew.out())).toEqual(all.slice(10).filter((_, at) => at % 10 !== 9))
    for (const each of [onlyNew, withSome]) {
      each.stop()
      expect(await each.ended).toBe(0)
    }
    expect((await listSegments(audit)).length).toBeGreaterThan(20)
    await journal.close()
  })
})

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 15_000; waited += 20) await setTimeout(20)
}
