import { generateKeyPairSync, sign } from 'node:crypto'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { beginningPath, writeBeginning } from '../../src/audit/file/beginning.ts'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { retainer } from '../../src/audit/file/retain.ts'
import { listSegments } from '../../src/audit/file/segments.ts'
import { verifyJournal } from '../../src/audit/file/verify-journal.ts'
import type { JournalLength } from '../../src/audit/journal.ts'
import type { JournalKey } from '../../src/audit/journal-key.ts'
import { type Retention, readRetention } from '../../src/audit/retention.ts'
import { ownClock } from '../base/own-clock.ts'
import { bytes, daysMs, newKey, serve } from '../serving.ts'
import { recordsIn } from './read-records.ts'
import { firstTimes, syslogReceiver } from './sinks/receivers.ts'

function newKeyPair(): JournalKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  }
}

const key = newKeyPair()
const { publicKey } = key
const start = Date.UTC(2026, 10, 1)

/** An open journal with so many records on each day; a file takes about four of them. */
async function journalOf(...days: readonly number[]) {
  const base = await mkdtemp(join(tmpdir(), 'claviger-retention-'))
  onTestFinished(() => rm(base, { recursive: true, force: true }))
  const directory = join(base, 'audit')
  const clock = ownClock(start)
  const open = (keyIsNew = false) =>
    openJournal({ directory, key, keyIsNew, clock, segmentBytes: 900, segmentMs: daysMs(1000) })
  const journal = await open(true)
  let at = 0
  for (const count of days) {
    for (let each = 0; each < count; each += 1) {
      at += 1
      const eventTime = new Date(clock.now()).toISOString()
      await journal.append({ eventID: `event-${at}`, requestID: `request-${at}`, eventTime, at })
    }
    clock.advance(daysMs(1))
  }
  // Closed files are compressed by the time it is closed.
  await journal.close()
  return { directory, clock, open, written: at }
}

interface Retaining {
  readonly directory: string
  readonly retention: Retention
  readonly takenUpTo?: number
  readonly length?: JournalLength
}

/** How far it was written, before somebody else wrote to the files. */
async function lengthOf(directory: string): Promise<JournalLength> {
  const segment = (await listSegments(directory)).at(-1) ?? 1
  const { size } = await stat(join(directory, `journal-${String(segment).padStart(8, '0')}.jsonl`))
  return { segment, length: size }
}

/** Deletes what may be deleted. */
async function retained(
  now: number,
  { directory, retention, takenUpTo = Number.POSITIVE_INFINITY, length }: Retaining,
) {
  const kept: string[] = []
  const written = length ?? (await lengthOf(directory))
  const taker = { name: 'a sink', takenUpTo, sync: async () => undefined }
  const retain = retainer({
    directory,
    retention,
    key,
    written: () => written,
    takers: () => [taker],
    onKept: (segment, name) => kept.push(`${segment} ${name}`),
  })
  return { deleted: await retain(now), kept }
}

const isWhole = { tornBytes: 0, unproven: 0 }

describe('a journal that is not kept for ever', () => {
  test('is whole wherever it begins, and nothing is gone too early or before it was taken', async () => {
    const days = fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 8 })
    const retention = fc.record({
      age: fc.option(fc.nat({ max: 9 })),
      size: fc.option(fc.nat({ max: 4000 })),
    })
    await fc.assert(
      fc.asyncProperty(days, retention, fc.nat({ max: 60 }), async (counts, { age, size }, takenUpTo) => {
        const { directory, clock, open, written } = await journalOf(...counts)
        const before = await recordsHere(directory)
        const limits = {
          ...(age === null ? {} : { ageMs: daysMs(age) }),
          ...(size === null ? {} : { bytesMost: size }),
        }
        await retained(clock.now(), { directory, retention: limits, takenUpTo })
        const end = await verifyJournal(directory, { publicKey })
        expect(end).toMatchObject(isWhole)
        const after = await recordsHere(directory)
        // What is gone is the oldest part of it.
        expect(after).toEqual(before.slice(before.length - after.length))
        const { deleted = 0 } = end as { deleted?: number }
        expect(deleted).toBeLessThanOrEqual(takenUpTo)
        const gone = before.slice(0, before.length - after.length)
        if (size === null) {
          for (const { eventTime } of gone)
            expect(clock.now() - Date.parse(eventTime)).toBeGreaterThan(daysMs(age ?? 1e6))
        }
        if (age === null && size === null) expect(deleted).toBe(0)
        // It goes on from there.
        const journal = await open()
        await journal.append({ eventTime: new Date(clock.now()).toISOString(), at: written + 1 })
        const read: unknown[] = []
        await journal.readAfter(0, (record) => read.push((record as { at: number }).at))
        expect(read).toEqual([...after.map(({ at }) => at), written + 1])
        expect(await journal.findRequest(`request-${after.at(-1)?.at}`)).toEqual(after.at(-1))
        await journal.close()
        expect(await verifyJournal(directory, { publicKey })).toMatchObject(isWhole)
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  test('loses its oldest files by age, and keeps the last two of them whatever their age', async () => {
    const { directory, clock } = await journalOf(20, 20)
    const segments = await listSegments(directory)
    const retention = readRetention('36h')
    const { deleted } = await retained(start + daysMs(2), { directory, retention })
    expect(deleted).toBeGreaterThan(2)
    expect((await recordsHere(directory)).some(({ eventTime }) => Date.parse(eventTime) > start)).toBe(true)
    clock.advance(daysMs(100))
    await retained(clock.now(), { directory, retention })
    expect(await listSegments(directory)).toEqual(segments.slice(-2))
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({
      ...isWhole,
      records: expect.any(Number),
    })
  })

  test('is kept from the first file that somebody has not taken, and says for whose sake', async () => {
    const { directory, clock } = await journalOf(30, 1)
    const nothing = await retained(clock.now(), { directory, retention: { bytesMost: 0 }, takenUpTo: 0 })
    expect(nothing).toMatchObject({ deleted: 0, kept: ['1 a sink'] })
    const some = await retained(clock.now(), { directory, retention: { bytesMost: 0 }, takenUpTo: 12 })
    expect(some.deleted).toBeGreaterThan(0)
    const [first] = await recordsHere(directory)
    expect(first?.at).toBeLessThanOrEqual(13)
  })

  test('is whole after a crash between the note and the deletion, which the next time makes good', async () => {
    const { directory, clock } = await journalOf(30, 1)
    const before = join(directory, '..', 'before')
    await cp(directory, before, { recursive: true })
    const { deleted } = await retained(clock.now(), { directory, retention: { bytesMost: 0 } })
    const left = await listSegments(directory)
    for (const name of (await readdir(before)).filter((each) => each.endsWith('.gz'))) {
      await cp(join(before, name), join(directory, name))
    }
    expect((await listSegments(directory)).length).toBe(left.length + deleted)
    expect(await verifyJournal(directory, { publicKey })).toMatchObject(isWhole)
    await retained(clock.now(), { directory, retention: {} })
    expect(await listSegments(directory)).toEqual(left)
  })
})

describe('it shows that', () => {
  const edits: Readonly<Record<string, (directory: string) => Promise<unknown>>> = {
    'another file was cut off at the front': async (directory) => {
      const [first = ''] = (await readdir(directory)).filter((name) => name.includes('.jsonl')).sort()
      await rm(join(directory, first))
    },
    'the note of where it begins was removed': (directory) => rm(beginningPath(directory)),
    'the note was changed': async (directory) => {
      const note = await readFile(beginningPath(directory), 'utf8')
      await writeFile(beginningPath(directory), note.replace(/"segment":\d+/, '"segment":1'))
    },
    'the note is by somebody else': async (directory) => {
      const { segment, sequence, hash } = JSON.parse(await readFile(beginningPath(directory), 'utf8'))
      await writeBeginning(directory, { segment, sequence, hash }, newKeyPair())
    },
    'the note is no note': (directory) => writeFile(beginningPath(directory), 'whatever\n'),
    'the first line there is was changed': async (directory) => {
      const [first = ''] = (await readdir(directory)).filter((name) => name.endsWith('.gz')).sort()
      const text = gunzipSync(await readFile(join(directory, first))).toString()
      await writeFile(join(directory, first.slice(0, -3)), text.replace('event-', 'event+'))
    },
  }
  for (const [name, edit] of Object.entries(edits)) {
    test(name, async () => {
      const { directory, clock } = await journalOf(40, 1)
      await retained(clock.now(), { directory, retention: { bytesMost: 2000 } })
      expect(await verifyJournal(directory, { publicKey })).toMatchObject(isWhole)
      await edit(directory)
      expect(await verifyJournal(directory, { publicKey })).toHaveProperty('fault')
    })
  }

  test('files were removed of a journal that is kept for ever', async () => {
    const { directory } = await journalOf(20)
    const [first = ''] = (await readdir(directory)).filter((name) => name.endsWith('.gz')).sort()
    await rm(join(directory, first))
    expect(await verifyJournal(directory, { publicKey })).toEqual({ fault: 'missing', segment: 1, line: 1 })
  })

  test('a file was changed that is about to be deleted: it is kept as it is', async () => {
    const { directory, clock } = await journalOf(30, 1)
    const path = join(directory, 'journal-00000001.jsonl')
    const lines = gunzipSync(await readFile(`${path}.gz`))
      .toString()
      .trimEnd()
      .split('\n')
    await writeFile(path, `${lines.slice(0, -1).join('\n')}\n`)
    await expect(retained(clock.now(), { directory, retention: { bytesMost: 0 } })).rejects.toThrow('is kept')
    expect((await listSegments(directory))[0]).toBe(1)
  })

  test('a record was made to look old, so that its file would be deleted: it is kept', async () => {
    const { directory, clock } = await journalOf(...Array<number>(9).fill(1))
    const path = join(directory, 'journal-00000001.jsonl')
    const text = gunzipSync(await readFile(`${path}.gz`)).toString()
    // Behind the last record stands a checkpoint, which the next file names.
    expect(text.trimEnd().split('\n').at(-1)).toContain('"checkpoint"')
    await writeFile(path, text.replaceAll('"eventTime":"2026', '"eventTime":"1999'))
    const retention = readRetention('90d')
    await expect(retained(clock.now(), { directory, retention })).rejects.toThrow('is kept')
    expect((await listSegments(directory))[0]).toBe(1)
    expect(await verifyJournal(directory, { publicKey })).toHaveProperty('fault')
  })

  test('files were cut off at the front, which no later note makes good', async () => {
    const { directory, clock } = await journalOf(40, 1)
    await rm(join(directory, 'journal-00000001.jsonl.gz'))
    await expect(retained(clock.now(), { directory, retention: { bytesMost: 0 } })).rejects.toThrow('is kept')
    expect(await verifyJournal(directory, { publicKey })).toEqual({ fault: 'missing', segment: 1, line: 1 })
  })
})

describe('nobody who can write to the files and not sign has it deleted before its time', () => {
  /** A journal that just fits, and how each of its files may be made larger. */
  const fitting = async () => {
    const { directory, clock } = await journalOf(40, 1)
    const length = await lengthOf(directory)
    const names = (await readdir(directory)).filter((name) => name.endsWith('.gz')).sort()
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size))
    const bytesMost = sizes.reduce((sum, size) => sum + size, length.length)
    const segments = await listSegments(directory)
    const retain = () => retained(clock.now(), { directory, retention: { bytesMost }, length })
    return { directory, names, segments, retain }
  }
  const newest = ({ names }: { readonly names: readonly string[] }) => names.at(-1) ?? ''

  const edits: Readonly<Record<string, (journal: Awaited<ReturnType<typeof fitting>>) => Promise<unknown>>> =
    {
      'by what stands behind the last line': ({ directory, segments }) =>
        appendFile(
          join(directory, `journal-${String(segments.at(-1)).padStart(8, '0')}.jsonl`),
          'x'.repeat(1e5),
        ),
      'by what stands behind what is compressed': (journal) =>
        appendFile(join(journal.directory, newest(journal)), Buffer.alloc(1e5)),
      'by compressing it less': async (journal) => {
        for (const name of journal.names) {
          const plain = gunzipSync(await readFile(join(journal.directory, name)))
          await writeFile(join(journal.directory, name), gzipSync(plain, { level: 0 }))
        }
      },
      'by files behind the last': ({ directory, segments, names }) =>
        cp(
          join(directory, names[0] ?? ''),
          join(directory, `journal-${String((segments.at(-1) ?? 0) + 1).padStart(8, '0')}.jsonl.gz`),
        ),
    }
  for (const [name, edit] of Object.entries(edits)) {
    test(name, async () => {
      const journal = await fitting()
      await edit(journal)
      expect(await journal.retain()).toMatchObject({ deleted: 0 })
      expect(await listSegments(journal.directory)).toEqual(expect.arrayContaining(journal.segments))
    })
  }

  test('by a file that is not the one that was written: all is kept', async () => {
    const journal = await fitting()
    const { directory } = journal
    await cp(join(directory, journal.names[0] ?? ''), join(directory, newest(journal)))
    await appendFile(join(directory, newest(journal)), Buffer.alloc(1e5))
    await expect(journal.retain()).rejects.toThrow('is kept')
    expect(await listSegments(directory)).toEqual(journal.segments)
  })

  test('by a note of sizes that somebody else wrote', async () => {
    const journal = await fitting()
    const { directory } = journal
    // Something must be weighed, so that there is a note.
    await appendFile(join(directory, newest(journal)), Buffer.alloc(1e5))
    await journal.retain()
    const path = join(directory, 'journal-weights')
    const note = await readFile(path, 'utf8')
    expect(note).toContain('"bytes":')
    await writeFile(path, note.replaceAll(/"bytes":\d+/g, '"bytes":100000'))
    expect(await journal.retain()).toMatchObject({ deleted: 0 })
    expect(await listSegments(directory)).toEqual(journal.segments)
  })
})

test('a journal is kept by size up to what its limit has room for', async () => {
  const { directory, clock } = await journalOf(40, 1)
  const length = await lengthOf(directory)
  const names = (await readdir(directory)).filter((name) => name.endsWith('.gz')).sort()
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size))
  const bytesMost = sizes.slice(4).reduce((sum, size) => sum + size, length.length)
  expect(await retained(clock.now(), { directory, retention: { bytesMost } })).toMatchObject({ deleted: 4 })
  expect(await retained(clock.now(), { directory, retention: { bytesMost } })).toMatchObject({ deleted: 0 })
})

describe('with --audit-retention the service', () => {
  test('deletes what is old once every sink has it, and finds, tells and counts as before', async () => {
    const receiver = await syslogReceiver()
    await receiver.close()
    const service = await serve({
      'audit-retention': '3d',
      'audit-sinks': `syslog+tcp://127.0.0.1:${receiver.port}`,
    })
    onTestFinished(() => service.close())
    const { root, clock, dataDir } = service
    const { id } = await newKey(root)
    const lookedUp = async () => (await root.cloudTrailIn('us-east-1').lookupEvents({})).Events ?? []
    for (let day = 0; day < 8; day += 1) {
      await root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
      clock.advance(daysMs(1))
    }
    const directory = join(dataDir, 'audit')
    await service.restart()
    expect((await listSegments(directory))[0]).toBe(1)
    const usage = await root.kms.getKeyLastUsage({ KeyId: id })
    const written = await recordsIn(dataDir)

    const back = await syslogReceiver({ port: receiver.port })
    onTestFinished(() => back.close())
    await expect
      .poll(() => firstTimes(back.records).length, { timeout: 20_000 })
      .toBeGreaterThan(written.length - 1)
    await service.restart()
    const [first = 0] = await listSegments(directory)
    expect(first).toBeGreaterThan(3)
    expect(await service.claviger.journal.verify()).toMatchObject({ deleted: expect.any(Number) })
    expect(firstTimes(back.records).slice(0, written.length)).toEqual(firstTimes(written))

    expect((await root.kms.getKeyLastUsage({ KeyId: id })).KeyLastUsage).toEqual(usage.KeyLastUsage)
    const found = await lookedUp()
    const there = await recordsIn(dataDir)
    expect(found.length).toBeGreaterThan(0)
    for (const { EventId } of found) expect(there.some(({ eventID }) => eventID === EventId)).toBe(true)
    await service.claviger.close()
    // An index that is made anew knows the same.
    for (const name of await readdir(dataDir))
      if (name.startsWith('audit-index')) await rm(join(dataDir, name))
    await service.restart()
    const again = await lookedUp()
    for (const { EventId } of found) expect(again.some((event) => event.EventId === EventId)).toBe(true)
  }, 60_000)
})

test('--audit-retention takes an age, a size or both', () => {
  expect(readRetention('forever')).toEqual({})
  expect(readRetention('90d')).toEqual({ ageMs: daysMs(90) })
  expect(readRetention('20GiB')).toEqual({ bytesMost: 20 * 2 ** 30 })
  expect(readRetention('12h, 512MiB')).toEqual({ ageMs: daysMs(0.5), bytesMost: 2 ** 29 })
  for (const wrong of ['', '90', '0d', '1d,2d', '-1d', '1.5d', '1y', '1GB', 'd', '1constructor']) {
    expect(() => readRetention(wrong)).toThrow('is not forever')
  }
})

interface Kept {
  readonly at: number
  readonly eventTime: string
}

async function recordsHere(directory: string): Promise<Kept[]> {
  return (await recordsIn(join(directory, '..'))) as unknown as Kept[]
}
