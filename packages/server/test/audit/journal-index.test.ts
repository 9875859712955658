import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { blockBytes, blockStarts, compressBlock } from '../../src/audit/file/blocks.ts'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { compressedPath, listSegments, segmentPath } from '../../src/audit/file/segments.ts'
import { JournalIndex } from '../../src/audit/index/journal-index.ts'
import { LineReader } from '../../src/audit/index/line-reader.ts'
import type { JournalLength } from '../../src/audit/journal.ts'
import type { TrailQuery } from '../../src/audit/trail.ts'

const account = '111122223333'
const region = 'us-east-1'
const start = Date.UTC(2026, 10, 23)

let directory: string
let path: string
beforeEach(async () => {
  const data = await mkdtemp(join(tmpdir(), 'claviger-index-'))
  directory = join(data, 'audit')
  path = join(data, 'index.db')
})

interface Told {
  readonly at: number
  readonly name?: string
  readonly user?: string
  readonly keys?: readonly string[]
  readonly account?: string
}

const record = ({ at, name = 'Encrypt', user = 'alice', keys = [], account: recipient = account }: Told) => ({
  eventTime: `${new Date(start + at * 1000).toISOString().slice(0, 19)}Z`,
  eventID: `event-${at}`,
  eventName: name,
  eventSource: 'kms.amazonaws.com',
  awsRegion: region,
  recipientAccountId: recipient,
  readOnly: name === 'Encrypt',
  userIdentity: { type: 'IAMUser', userName: user, accessKeyId: `AKIA${user}` },
  resources: keys.map((ARN) => ({ type: 'AWS::KMS::Key', ARN })),
})

/** Writes records to the journal. @returns how far it is durable then */
async function written(records: readonly Told[], segmentBytes?: number): Promise<JournalLength> {
  const journal = await openJournal({ directory, ...(segmentBytes && { segmentBytes }) })
  for (const each of records) await journal.append(record(each))
  const length = journal.length()
  await journal.close()
  return length
}

async function found(end: JournalLength, query: Partial<TrailQuery> = {}): Promise<string[]> {
  const index = await JournalIndex.open(path, directory)
  await index.catchUp(end)
  const events = await index.find({ account, region, limit: 1000, ...query })
  index.close()
  return events.map(({ record: text }) => JSON.parse(text).eventID)
}

describe('the index of a journal', () => {
  test('finds by each attribute, newest first, and shows the record as it was written', async () => {
    const end = await written([
      { at: 1, user: 'alice', keys: ['arn:one'] },
      { at: 2, user: 'bob', name: 'DisableKey', keys: ['arn:one', 'arn:two'] },
      { at: 3, user: 'alice', name: 'Decrypt', keys: ['arn:two'] },
      { at: 4, account: '999988887777' },
    ])
    expect(await found(end)).toEqual(['event-3', 'event-2', 'event-1'])
    const by = (name: string, value: string) =>
      found(end, { attribute: { name, value } as NonNullable<TrailQuery['attribute']> })
    expect(await by('EventName', 'DisableKey')).toEqual(['event-2'])
    expect(await by('Username', 'alice')).toEqual(['event-3', 'event-1'])
    expect(await by('ResourceName', 'arn:two')).toEqual(['event-3', 'event-2'])
    expect(await by('ResourceType', 'AWS::KMS::Key')).toEqual(['event-3', 'event-2', 'event-1'])
    expect(await by('AccessKeyId', 'AKIAbob')).toEqual(['event-2'])
    expect(await by('ReadOnly', 'true')).toEqual(['event-1'])
    expect(await by('EventSource', 'kms.amazonaws.com')).toHaveLength(3)
    expect(await by('EventId', 'event-4')).toEqual([])
    expect(await found(end, { from: start + 2000, to: start + 2999 })).toEqual(['event-2'])
  })

  test('goes on where it was, over files that are compressed meanwhile', async () => {
    const first = await written([1, 2, 3].map((at) => ({ at })))
    expect(await found(first)).toHaveLength(3)
    const second = await written(
      Array.from({ length: 60 }, (_, at) => ({ at: at + 10 })),
      2000,
    )
    expect((await readdir(directory)).filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(5)
    expect(await found(second)).toHaveLength(63)
    expect((await found(second)).at(-1)).toBe('event-1')
  })

  test('takes nothing in that is not durable yet', async () => {
    const end = await written([{ at: 1 }, { at: 2 }])
    const [name = ''] = await readdir(directory)
    const firstLine = (await readFile(join(directory, name), 'utf8')).indexOf('\n') + 1
    expect(await found({ segment: 1, length: firstLine })).toEqual(['event-1'])
    expect(await found(end)).toEqual(['event-2', 'event-1'])
  })

  test('is made anew when it is lost, damaged or of another form', async () => {
    const end = await written([{ at: 1 }, { at: 2 }])
    expect(await found(end)).toHaveLength(2)
    await writeFile(path, 'this is no database, and long enough to look like one '.repeat(100))
    expect(await found(end)).toHaveLength(2)
  })

  test('does not know what was removed at the front of the journal, and knows the rest', async () => {
    const told = Array.from({ length: 60 }, (_, at) => ({ at, keys: ['arn:one'] }))
    const end = await written(told, 2000)
    expect(await found(end)).toHaveLength(60)
    const [first = 0, second = 0] = await listSegments(directory)
    for (const segment of [first, second]) {
      await rm(segmentPath(directory, segment), { force: true })
      await rm(compressedPath(directory, segment), { force: true })
    }
    const left = await found(end)
    expect(left.length).toBeLessThan(60)
    expect(left.at(0)).toBe('event-59')
    expect(left).toEqual(
      told
        .map(({ at }) => `event-${at}`)
        .toReversed()
        .slice(0, left.length),
    )
    const byKey = { attribute: { name: 'ResourceName', value: 'arn:one' } } as const
    expect(await found(end, byKey)).toEqual(left)
    // The same for an index that never saw what is gone.
    await rm(path)
    expect(await found(end, byKey)).toEqual(left)
  })

  test('shows every event once over pages of any size, however many fall into one second', async () => {
    const seconds = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 })
    const times = await fc.sample(seconds, 1)[0]
    const told = (times ?? []).toSorted().map((at) => ({ at }))
    const end = await written(told)
    const index = await JournalIndex.open(path, directory)
    await index.catchUp(end)
    for (const limit of [1, 2, 7, 50]) {
      const seen: number[] = []
      let after: TrailQuery['after']
      for (;;) {
        const query = { account, region, limit, ...(after === undefined ? {} : { after }) }
        const page = await index.find(query)
        if (page.length === 0) break
        seen.push(...page.map(({ sequence }) => sequence))
        const last = page.at(-1)
        after = last && { second: last.second, sequence: last.sequence }
      }
      expect(seen).toEqual(told.map((_, at) => told.length - at))
    }
    index.close()
  })
})

test('a compressed segment gives any line of itself without the rest, and is gzip for everybody else', async () => {
  const plain = Buffer.from(Array.from({ length: 40_000 }, (_, at) => `line ${at * at}\n`).join(''))
  const blocks: Buffer[] = []
  for (let at = 0; at < plain.length; at += blockBytes) {
    blocks.push(await compressBlock(plain.subarray(at, at + blockBytes)))
  }
  await mkdir(directory)
  const file = compressedPath(directory, 1)
  await writeFile(file, Buffer.concat(blocks))
  expect(gunzipSync(await readFile(file)).equals(plain)).toBe(true)
  const starts = await blockStarts(file)
  const reader = new LineReader(directory, () => starts)
  fc.assert(
    fc.property(fc.nat({ max: plain.length - 1 }), fc.integer({ min: 1, max: 100_000 }), (offset, more) => {
      const length = Math.min(more, plain.length - offset)
      const wanted = plain.toString('utf8', offset, offset + length)
      expect(reader.read({ segment: 1, offset, length })).toBe(wanted)
    }),
    { numRuns: 50 },
  )
  expect(reader.read({ segment: 2, offset: 0, length: 1 })).toBeUndefined()
  reader.close()
})
