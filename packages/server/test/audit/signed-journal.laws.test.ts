import { generateKeyPairSync, sign } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { openJournal } from '../../src/audit/file/journal-file.ts'
import { hashOf, lineOf, noHash } from '../../src/audit/file/line.ts'
import { verifyJournal } from '../../src/audit/file/verify-journal.ts'
import type { JournalKey } from '../../src/audit/journal-key.ts'

/** Whatever is done to a signed journal by somebody without its key, verifying finds it, and says where. */

function newKey(): JournalKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  }
}

const newDirectory = () => mkdtemp(join(tmpdir(), 'claviger-signed-'))
const key = newKey()
const { publicKey } = key
const records = 2500

/** Writes a journal of several files, as a busy service would: in batches. */
async function written(directory: string, by: JournalKey, salt: string): Promise<void> {
  const journal = await openJournal({ directory, key: by, keyIsNew: true, segmentBytes: 150_000 })
  for (let at = 0; at < records; at += 100) {
    const batch = Array.from({ length: 100 }, (_, more) => ({ eventName: 'Encrypt', salt, at: at + more }))
    await Promise.all(batch.map((record) => journal.append(record)))
  }
  await journal.close()
}

interface Lines {
  readonly directory: string
  /** Every line of every file, in order, with the number of its file. */
  readonly lines: readonly { readonly segment: number; readonly text: string }[]
}

async function linesOf(directory: string): Promise<Lines> {
  const names = (await readdir(directory)).filter((name) => name.includes('.jsonl')).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(directory, name))
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
      const segment = Number(/\d+/.exec(name)?.[0])
      return text
        .trimEnd()
        .split('\n')
        .map((line) => ({ segment, text: line }))
    }),
  )
  return { directory, lines: files.flat() }
}

let original: Lines
let other: Lines
beforeAll(async () => {
  const [mine, theirs] = [await newDirectory(), await newDirectory()]
  await written(mine, key, 'mine')
  await written(theirs, key, 'theirs')
  original = await linesOf(mine)
  other = await linesOf(theirs)
})

/** A copy of the journal with other lines, its head as it was. */
async function copyWith(lines: Lines['lines']): Promise<string> {
  const directory = await newDirectory()
  await cp(join(original.directory, 'journal-head'), join(directory, 'journal-head'))
  const segments = [...new Set(lines.map(({ segment }) => segment))]
  for (const segment of segments) {
    const texts = lines.filter((line) => line.segment === segment).map(({ text }) => text)
    const name = `journal-${String(segment).padStart(8, '0')}.jsonl`
    await writeFile(join(directory, name), `${texts.join('\n')}\n`)
  }
  return directory
}

/** The same lines with every link made to fit, as somebody would who can write the files and has no key. */
function relinked(lines: Lines['lines']): Lines['lines'] {
  let previous = noHash
  return lines.map(({ segment, text }, at) => {
    const match = /^\{"sequence":\d+,"previous":"[0-9a-f]+","(record|checkpoint)":(.*)\}$/.exec(text)
    const content = match?.[1] === 'checkpoint' ? 'checkpoint' : 'record'
    const line = lineOf({ sequence: at + 1, previous }, match?.[2] ?? '', content)
    previous = hashOf(line)
    return { segment, text: line }
  })
}

type Edit = (lines: Lines['lines'], at: number, other: number) => Lines['lines']

const edits: Readonly<Record<string, Edit>> = {
  'a line is removed': (lines, at) => lines.toSpliced(at, 1),
  'a line is put in twice': (lines, at) => lines.toSpliced(at, 0, ...lines.slice(at, at + 1)),
  'two lines change places': (lines, one, two) => {
    const [first, second] = [lines[one], lines[two]]
    if (first === undefined || second === undefined) return lines
    return lines
      .with(one, { ...second, segment: first.segment })
      .with(two, { ...first, segment: second.segment })
  },
  'a byte is changed': (lines, at, where) => {
    const line = lines[at]
    if (line === undefined) return lines
    const bytes = Buffer.from(line.text)
    const position = where % bytes.length
    bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position)
    return lines.with(at, { ...line, text: bytes.toString('latin1') })
  },
  'the end is taken off': (lines, at) => lines.slice(0, Math.max(1, at)),
  'a piece of another journal of the same key is put in its place': (lines, one, two) => {
    const [from, to] = [Math.min(one, two), Math.max(one, two)]
    return [...lines.slice(0, from), ...other.lines.slice(from, to), ...lines.slice(to)]
  },
}

const place = fc.nat({ max: records - 1 })
const runs = { numRuns: 25 }

describe('in a signed journal it shows, and where, that', () => {
  test('nothing was done, when nothing was', async () => {
    const end = await verifyJournal(await copyWith(original.lines), { publicKey })
    expect(end).toMatchObject({ records, unproven: 0, tornBytes: 0 })
  })

  for (const [name, edit] of Object.entries(edits)) {
    test(name, async () => {
      await fc.assert(
        fc.asyncProperty(place, place, async (at, further) => {
          const edited = edit(original.lines, at, further)
          const same =
            edited.map(({ text }) => text).join('\n') === original.lines.map(({ text }) => text).join('\n')
          fc.pre(!same)
          const directory = await copyWith(edited)
          const found = await verifyJournal(directory, { publicKey })
          await rm(directory, { recursive: true })
          expect(found).toHaveProperty('fault')
        }),
        runs,
      )
    })

    test(`${name}, and every link made to fit`, async () => {
      await fc.assert(
        fc.asyncProperty(place, place, async (at, further) => {
          const edited = relinked(edit(original.lines, at, further))
          const texts = edited.map(({ text }) => text).join('\n')
          fc.pre(texts !== original.lines.map(({ text }) => text).join('\n'))
          const directory = await copyWith(edited)
          const found = await verifyJournal(directory, { publicKey })
          await rm(directory, { recursive: true })
          expect(found).toHaveProperty('fault')
          // What it names as the first place is never behind the first line that differs; but of two journals that
          // one key signed, each vouches for its own beginning.
          if (!('fault' in found) || name.startsWith('a piece of another journal')) return
          const { since } = found
          if (since === undefined) return
          const first = edited.findIndex(({ text }, index) => text !== original.lines[index]?.text)
          const position = edited.findIndex(({ segment }) => segment === since.segment) + since.line - 1
          expect(position).toBeLessThanOrEqual(first)
        }),
        runs,
      )
    })
  }

  test('it was signed by somebody else, from beginning to end', async () => {
    const directory = await newDirectory()
    await written(directory, newKey(), 'theirs')
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'forged' })
  })

  test('its head is missing, or is another journal’s', async () => {
    const directory = await copyWith(original.lines)
    const head = join(directory, 'journal-head')
    await cp(join(other.directory, 'journal-head'), head)
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'forged' })
    await writeFile(head, 'nothing that was signed')
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'headless' })
    await rm(head)
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'headless' })
  })

  test('an old checkpoint is no head: a journal cannot be made to end where one stands', async () => {
    const at = original.lines.findLastIndex(({ text }) => text.includes('"checkpoint":{'))
    const directory = await copyWith(original.lines.slice(0, at))
    const [, signature] = /"signature":"([^"]+)"/.exec(original.lines[at]?.text ?? '') ?? []
    const [, hash] = /"previous":"([0-9a-f]+)"/.exec(original.lines[at]?.text ?? '') ?? []
    const head = JSON.stringify({ sequence: at, hash, signature }).padEnd(511)
    await writeFile(join(directory, 'journal-head'), `${head}\n`)
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'headless' })
  })
})

describe('a crash is no tampering', () => {
  test('a torn last line behind the head is a torn line', async () => {
    const directory = await copyWith(original.lines)
    const last = (await readdir(directory))
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .at(-1)
    await writeFile(join(directory, String(last)), '{"sequence":99', { flag: 'a' })
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ records, tornBytes: 14 })
  })

  test('but a last line that was signed and is torn was cut off', async () => {
    const directory = await copyWith(original.lines)
    const last = join(
      directory,
      String(
        (await readdir(directory))
          .filter((name) => name.endsWith('.jsonl'))
          .sort()
          .at(-1),
      ),
    )
    const bytes = await readFile(last)
    await writeFile(last, bytes.subarray(0, -5))
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'cut' })
    await expect(openJournal({ directory, key })).rejects.toMatchObject({ name: 'CannotStart' })
  })

  test('a head that was being written leaves the one before; lines behind it are counted, and signed at the next start', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, key, keyIsNew: true })
    for (let at = 0; at < 3; at += 1) await journal.append({ at })
    await journal.close()
    const head = join(directory, 'journal-head')
    const slots = (await readFile(head, 'latin1')).split('\n').slice(0, 2)
    const ends = slots.map((slot): number => JSON.parse(slot).sequence)
    const newest = ends.indexOf(4)
    const before = Math.min(...ends)
    expect(before).toBeLessThan(4)
    const torn = slots.with(newest, '{"seq'.padEnd(511))
    await writeFile(head, `${torn.join('\n')}\n`)
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ records: 3, unproven: 4 - before })
    await (await openJournal({ directory, key })).close()
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ records: 3, unproven: 0 })
  })

  test('the end is signed soon after the last line, though nothing follows', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, key, keyIsNew: true })
    for (let at = 0; at < 10; at += 1) await journal.append({ at })
    await expect
      .poll(() => verifyJournal(directory, { publicKey }))
      .toMatchObject({ records: 10, unproven: 0 })
    await journal.close()
  })

  test('a service that ended before anybody called it starts again', async () => {
    const directory = await newDirectory()
    for (const keyIsNew of [true, false, false]) {
      await (await openJournal({ directory, key, keyIsNew })).close()
      expect(await verifyJournal(directory, { publicKey })).toMatchObject({ records: 0, unproven: 0 })
    }
  })

  test('a head that was emptied is none', async () => {
    const directory = await newDirectory()
    await written(directory, key, 'mine')
    await writeFile(join(directory, 'journal-head'), '')
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ fault: 'headless' })
    await expect(openJournal({ directory, key })).rejects.toThrow('has lost its head')
  })

  test('a journal whose end was taken off is not written on', async () => {
    const directory = await copyWith(original.lines.slice(0, -1))
    await expect(openJournal({ directory, key })).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringContaining('lines were taken off or changed'),
    })
    await rm(join(directory, 'journal-head'))
    await expect(openJournal({ directory, key })).rejects.toThrow('has lost its head')
  })
})
