import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { lineBytesMost } from '../../src/audit/file/line.ts'
import { verifyJournal } from '../../src/audit/file/verify-journal.ts'
import type { Journal } from '../../src/audit/journal.ts'
import { newSigningKey, publicKeyPem, signText } from '../../src/crypto/text-signing.ts'
import { countIn } from '../../src/metrics/histogram.ts'
import { JournalMeter } from '../../src/metrics/journal-meter.ts'
import { ownClock } from '../base/own-clock.ts'

const newDirectory = async () => join(await mkdtemp(join(tmpdir(), 'claviger-journal-')), 'audit')
const segment = (directory: string, number = 1) =>
  join(directory, `journal-${String(number).padStart(8, '0')}.jsonl`)

async function write(directory: string, records: readonly object[], segmentBytes?: number): Promise<void> {
  const journal = await openJournal({ directory, ...(segmentBytes && { segmentBytes }) })
  for (const record of records) await journal.append(record)
  await journal.close()
}

const events = (count: number) => Array.from({ length: count }, (_, at) => ({ eventName: 'Encrypt', at }))

describe('a journal', () => {
  test('holds each record on a line that names the line before', async () => {
    const directory = await newDirectory()
    await write(directory, [{ a: 1 }, { text: 'line\nbreak \ud800 ü\u2028' }])
    const lines = (await readFile(segment(directory), 'utf8')).split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe(`{"sequence":1,"previous":"${'0'.repeat(64)}","record":{"a":1}}`)
    const previous = createHash('sha256')
      .update(lines[0] ?? '')
      .digest('hex')
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      sequence: 2,
      previous,
      record: { text: 'line\nbreak \ud800 ü\u2028' },
    })
    const lastHash = createHash('sha256')
      .update(lines[1] ?? '')
      .digest('hex')
    expect(await verifyJournal(directory)).toEqual({ lines: 2, records: 2, lastHash, tornBytes: 0 })
    expect((await stat(segment(directory))).mode & 0o777).toBe(0o600)
  })

  test('goes on where the last process stopped', async () => {
    const directory = await newDirectory()
    for (let round = 0; round < 4; round += 1) await write(directory, events(round))
    expect(await verifyJournal(directory)).toMatchObject({ lines: 6 })
  })

  test('that is signed and that nobody has called yet can be opened again', async () => {
    const directory = await newDirectory()
    const signing = newSigningKey()
    const key = { publicKey: publicKeyPem(signing), sign: (text: string) => signText(signing, text) }
    const first = await openJournal({ directory, key, keyIsNew: true })
    await first.close()
    const second = await openJournal({ directory, key })
    await second.append({ a: 1 })
    await second.close()
    expect(await verifyJournal(directory, key)).toMatchObject({ records: 1 })
  })

  test.each([
    true,
    false,
  ])('takes records that are written already; held up by syncs: %s', async (mayBlock) => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, mayBlock })
    const texts = events(20).map((record) => JSON.stringify(record))
    await Promise.all([
      journal.appendWritten(texts.slice(0, 7)),
      journal.append({ own: true }),
      journal.appendWritten(texts.slice(7)),
      journal.appendWritten([]),
    ])
    expect(await journal.verify()).toMatchObject({ records: 21 })
    await expect(journal.appendWritten(['{"two":\n"lines"}'])).rejects.toThrow('on one line')
    await rename(segment(directory), `${segment(directory)}.aside`)
    await expect(journal.appendWritten(texts)).rejects.toThrow('could not be written')
    await rename(`${segment(directory)}.aside`, segment(directory))
    await journal.appendWritten(texts)
    await journal.close()
    expect(await verifyJournal(directory)).toMatchObject({ records: 41 })
  })

  test('keeps records of concurrent calls in the order of the calls', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    await Promise.all(events(500).map((record) => journal.append(record)))
    expect(await journal.verify()).toMatchObject({ lines: 500 })
    await journal.close()
    const lines = (await readFile(segment(directory), 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).record.at)).toEqual(events(500).map(({ at }) => at))
  })

  test('lets whoever is alone wait for nobody, and has many share a write', async () => {
    const meter = new JournalMeter()
    const journal = await openJournal({ directory: await newDirectory(), meter })
    const writes = () => countIn(meter.writes)
    for (let at = 0; at < 20; at += 1) await journal.append({ at })
    expect(writes()).toBe(20)
    // Forty clients, each with its next record some turns of the event loop after the last was durable.
    const client = async (turns: number) => {
      for (let at = 0; at < 25; at += 1) {
        await journal.append({ at })
        for (let turn = 0; turn < turns; turn += 1) await setImmediate()
      }
    }
    await Promise.all(Array.from({ length: 40 }, (_, index) => client(index % 8)))
    expect(meter.records).toBe(1020)
    expect(writes() - 20).toBeLessThan(1000 / 8)
    // Those who stay behind alone are not held up for ever.
    for (let at = 0; at < 20; at += 1) await journal.append({ at })
    expect(meter.records).toBe(1040)
    await journal.close()
  })

  test('has what was appended before it was closed, and the record as it was then', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    const record = { state: 'then' }
    const appended = journal.append(record)
    record.state = 'later'
    await journal.close()
    await appended
    expect(await readFile(segment(directory), 'utf8')).toContain('then')
    expect(() => journal.append({})).toThrow('closed')
  })

  test('begins a new file when one is full, and the chain goes through all of them', async () => {
    const directory = await newDirectory()
    await write(directory, events(50), 1000)
    await write(directory, events(50), 1000)
    expect((await readdir(directory)).length).toBeGreaterThan(10)
    expect(await verifyJournal(directory)).toMatchObject({ lines: 100, tornBytes: 0 })
  })

  test('compresses the files it is done with, and reads them all the same', async () => {
    const directory = await newDirectory()
    await write(directory, events(50), 1000)
    const names = (await readdir(directory)).sort()
    expect(names.filter((name) => name.endsWith('.jsonl'))).toEqual([names.at(-1)])
    expect(gunzipSync(await readFile(`${segment(directory)}.gz`)).toString()).toMatch(/^{"sequence":1,/)
    const wanted = { eventID: 'id', eventTime: '2026-11-23T12:00:00Z', requestID: 'wanted' }
    await write(directory, [wanted, ...events(50)], 1000)
    const journal = await openJournal({ directory })
    expect(await journal.findRequest('wanted')).toEqual(wanted)
    expect(await journal.findEvents([wanted])).toEqual(new Set(['id']))
    await journal.close()
  })

  test('finishes the compressing that a crash broke off', async () => {
    const directory = await newDirectory()
    await write(directory, events(20), 1000)
    const plain = gunzipSync(await readFile(`${segment(directory)}.gz`))
    await writeFile(segment(directory), plain)
    await writeFile(`${segment(directory)}.gz.draft`, plain.subarray(0, 10))
    expect(await verifyJournal(directory)).toMatchObject({ lines: 20 })
    await write(directory, events(1))
    const left = (await readdir(directory)).filter((name) => name.includes('00000001'))
    expect(left).toEqual(['journal-00000001.jsonl.gz'])
    expect(await verifyJournal(directory)).toMatchObject({ lines: 21 })
  })

  test('begins a new file each day', async () => {
    const directory = await newDirectory()
    const clock = ownClock(Date.UTC(2026, 10, 23))
    const journal = await openJournal({ directory, clock })
    await journal.append({ eventTime: '2026-11-23T00:00:00Z' })
    clock.advance(86_399_000)
    await journal.append({ at: 2 })
    expect(await readdir(directory)).toHaveLength(1)
    clock.advance(1000)
    await journal.append({ at: 3 })
    await journal.close()
    const names = await readdir(directory)
    expect(names.sort()).toEqual(['journal-00000001.jsonl.gz', 'journal-00000002.jsonl'])
  })

  test('goes on when the process ended between a new file and its first line', async () => {
    const directory = await newDirectory()
    await write(directory, events(3))
    await writeFile(segment(directory, 2), '')
    await write(directory, events(2))
    expect(await verifyJournal(directory)).toMatchObject({ lines: 5 })
    expect((await stat(segment(directory, 2))).size).toBeGreaterThan(0)
  })
})

describe('a torn tail', () => {
  test('is cut off wherever the last batch was cut short, and the journal goes on', async () => {
    const directory = await newDirectory()
    await write(directory, events(2))
    const acknowledged = await readFile(segment(directory))
    const journal = await openJournal({ directory })
    await Promise.all(events(3).map((record) => journal.append(record)))
    await journal.close()
    const whole = await readFile(segment(directory))
    for (let length = acknowledged.length; length <= whole.length; length += 1) {
      const torn = await newDirectory()
      await write(torn, [])
      await writeFile(segment(torn), whole.subarray(0, length))
      const wholeLines = whole.subarray(0, length).toString().split('\n').length - 1
      expect(await verifyJournal(torn)).toMatchObject({ lines: wholeLines })
      await write(torn, [{ after: length }])
      expect(await verifyJournal(torn)).toMatchObject({ lines: wholeLines + 1, tornBytes: 0 })
      expect((await readFile(segment(torn))).subarray(0, acknowledged.length)).toEqual(acknowledged)
      await rm(torn, { recursive: true })
    }
  })
})

describe('what was done to a journal shows', () => {
  /** Ten lines in two or more files, one change, and what verifying says about it. */
  async function after(change: (lines: string[]) => string[]) {
    const directory = await newDirectory()
    await write(directory, events(10))
    const lines = (await readFile(segment(directory), 'utf8')).trimEnd().split('\n')
    await writeFile(segment(directory), `${change(lines).join('\n')}\n`)
    return { directory, found: await verifyJournal(directory) }
  }
  const at = (line: number, fault: string) => ({ fault, segment: 1, line })

  test('a changed line is named, whichever of its bytes it was', async () => {
    const pristine = await newDirectory()
    await write(pristine, events(3))
    const bytes = await readFile(segment(pristine))
    const lineEnd = bytes.indexOf(10)
    for (let position = lineEnd + 1; position < bytes.indexOf(10, lineEnd + 1); position += 1) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(position) ^ 1, position)
      await writeFile(segment(pristine), changed)
      const found = await verifyJournal(pristine)
      expect(found).toMatchObject({ segment: 1, line: 2 })
    }
  })

  test('a changed record, first, middle and last but one', async () => {
    for (const line of [1, 5, 9]) {
      const { found } = await after((lines) =>
        lines.with(line - 1, (lines[line - 1] ?? '').replace('Encrypt', 'Decrypt')),
      )
      expect(found).toEqual(at(line, 'changed'))
    }
  })

  test('a removed line, first, middle', async () => {
    expect((await after((lines) => lines.toSpliced(0, 1))).found).toEqual(at(1, 'missing'))
    expect((await after((lines) => lines.toSpliced(4, 2))).found).toEqual(at(5, 'missing'))
  })

  test('lines that changed places, and a line that comes twice', async () => {
    const swapped = await after((lines) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? ''))
    expect(swapped.found).toEqual(at(4, 'reordered'))
    const doubled = await after((lines) => lines.toSpliced(4, 0, lines[3] ?? ''))
    expect(doubled.found).toEqual(at(5, 'reordered'))
  })

  test('something else where a line should be', async () => {
    expect((await after((lines) => lines.with(5, 'hello'))).found).toEqual(at(6, 'changed'))
    expect((await after((lines) => lines.with(5, ''))).found).toEqual(at(6, 'changed'))
  })

  test('a missing file, and a file cut short that is not the last', async () => {
    const directory = await newDirectory()
    await write(directory, events(20), 1000)
    const whole = await readFile(`${segment(directory, 2)}.gz`)
    await writeFile(`${segment(directory, 2)}.gz`, gzipSync(gunzipSync(whole).subarray(0, -3)))
    const verdict = async () => ({ segment: 0, fault: '', ...(await verifyJournal(directory)) })
    expect(await verdict()).toMatchObject({ fault: 'cut', segment: 2 })
    await writeFile(`${segment(directory, 2)}.gz`, whole.subarray(0, -3))
    expect(await verdict()).toMatchObject({ fault: 'changed', segment: 2 })
    await rm(`${segment(directory, 2)}.gz`)
    expect(await verifyJournal(directory)).toEqual({ fault: 'missing', segment: 2, line: 1 })
    await rm(`${segment(directory, 1)}.gz`)
    expect(await verifyJournal(directory)).toEqual({ fault: 'missing', segment: 1, line: 1 })
  })

  test('a journal whose last file was changed is not written on', async () => {
    const { directory } = await after((lines) =>
      lines.with(4, (lines[4] ?? '').replace('Encrypt', 'Decrypt')),
    )
    await expect(openJournal({ directory })).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringContaining('line 6'),
    })
    const { directory: padded } = await after((lines) => lines.toSpliced(4, 0, 'x'.repeat(lineBytesMost + 1)))
    await expect(openJournal({ directory: padded })).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringContaining('line 5'),
    })
    expect(await verifyJournal(padded)).toMatchObject({ fault: 'changed', segment: 1, line: 5 })
    const { directory: headless } = await after((lines) => lines.slice(1))
    await expect(openJournal({ directory: headless })).rejects.toThrow('line 1')
  })
})

describe('a journal that cannot be written', () => {
  const failing = (journal: Journal) =>
    Promise.all(
      events(3).map((record) =>
        journal.append(record).then(
          () => 'durable',
          () => 'refused',
        ),
      ),
    )

  test('refuses every record while its directory is away, and goes on by itself when it is back', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    await journal.append({ before: true })
    await rename(directory, `${directory}-away`)
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    await rename(`${directory}-away`, directory)
    expect(await failing(journal)).toEqual(['durable', 'durable', 'durable'])
    expect(await journal.verify()).toMatchObject({ lines: 4, tornBytes: 0 })
    await journal.close()
  })

  test('notices that its file was removed under it, and does not take an empty one for it', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    await journal.append({ before: true })
    await rm(segment(directory))
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    await writeFile(segment(directory), '')
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    await journal.close()
  })

  test('cuts off what others left behind its end before it goes on', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    await journal.append({ before: true })
    await writeFile(segment(directory), 'somebody else, '.repeat(500), { flag: 'a' })
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    expect(await failing(journal)).toEqual(['durable', 'durable', 'durable'])
    expect(await journal.verify()).toMatchObject({ lines: 4, tornBytes: 0 })
    await journal.close()
  })

  test('notices that another file took the place of its own, even one of the right size', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory })
    await journal.append({ at: 1 })
    const line = await readFile(segment(directory))
    await rm(segment(directory))
    await writeFile(segment(directory), Buffer.concat([line, line]))
    await expect(journal.append({ at: 2 })).rejects.toThrow('could not be written')
    await journal.append({ at: 3 })
    expect(await journal.verify()).toMatchObject({ lines: 2, tornBytes: 0 })
    await journal.close()
  })

  test('goes on in the old file when the new one could not be made', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, segmentBytes: 10 })
    await journal.append({ before: true })
    // A directory stands where the next file should be.
    await mkdir(segment(directory, 2))
    expect(await failing(journal)).toEqual(['refused', 'refused', 'refused'])
    await rm(segment(directory, 2), { recursive: true })
    expect(await failing(journal)).toEqual(['durable', 'durable', 'durable'])
    expect(await journal.verify()).toMatchObject({ lines: 4 })
    await journal.close()
  })

  // A limit on the size of files stands in for a full disk: a write stops half-way and the next one fails.
  test.skipIf(spawnSync('prlimit', ['--version']).error !== undefined)(
    'takes back what a full disk let it write of a batch, and goes on when there is room',
    async () => {
      const directory = await newDirectory()
      const program = `
        const { openJournal } = await import(${JSON.stringify(sourceUrl('audit/file/journal-file.ts'))})
        const journal = await openJournal({ directory: ${JSON.stringify(directory)} })
        const append = () => journal.append({ text: 'x'.repeat(700) }).then(() => 'durable', () => 'refused')
        for (let line = 0; line < 5; line += 1) console.log(await append())
        console.log((await Promise.all([append(), append(), append()])).join(), 'full')
        process.stdin.once('data', async () => {
          console.log((await Promise.all([append(), append(), append()])).join())
          await journal.close()
          process.exit()
        })`
      const child = spawn('prlimit', [
        '--fsize=5000:',
        process.execPath,
        '--conditions=source',
        '--input-type=module',
        '-e',
        program,
      ])
      let heard = ''
      let isRoomMade = false
      child.stdout.on('data', (data) => {
        heard += data
        if (isRoomMade || !heard.includes('full')) return
        isRoomMade = true
        spawnSync('prlimit', ['--fsize=unlimited:', '--pid', String(child.pid)])
        child.stdin.write('there is room')
      })
      await once(child, 'close')
      expect(heard.trim().split('\n')).toEqual([
        ...Array(5).fill('durable'),
        'refused,refused,refused full',
        'durable,durable,durable',
      ])
      expect(await verifyJournal(directory)).toMatchObject({ lines: 8, tornBytes: 0 })
    },
  )

  test('has every acknowledged record after its process was killed in the middle of the next', async () => {
    const directory = await newDirectory()
    const program = `
      const { openJournal } = await import(${JSON.stringify(sourceUrl('audit/file/journal-file.ts'))})
      const journal = await openJournal({ directory: ${JSON.stringify(directory)}, segmentBytes: 20000 })
      const one = async (at) => { await journal.append({ at }); process.stdout.write('.') }
      for (let at = 0; ; at += 16) await Promise.all(Array.from({ length: 16 }, (_, more) => one(at + more)))`
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', program])
    let acknowledged = 0
    child.stdout.on('data', (data) => {
      acknowledged += data.length
      if (acknowledged > 2000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    expect(acknowledged).toBeGreaterThan(2000)
    const journal = await openJournal({ directory })
    await journal.append({ after: true })
    const { lines } = { lines: 0, ...(await journal.verify()) }
    expect(lines).toBeGreaterThan(acknowledged)
    await journal.close()
  })
})

function sourceUrl(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href
}
