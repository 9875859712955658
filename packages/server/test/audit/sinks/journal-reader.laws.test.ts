import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openJournal } from '../../../src/audit/file/journal-file.ts'
import { JournalReader } from '../../../src/audit/file/journal-reader.ts'
import { noHash } from '../../../src/audit/file/line.ts'
import type { Moment } from '../../../src/audit/file/signed.ts'
import type { Journal } from '../../../src/audit/journal.ts'

const newDirectory = async () => join(await mkdtemp(join(tmpdir(), 'claviger-reader-')), 'audit')
const beginning: Moment = { sequence: 0, hash: noHash }
const size = { recordsMost: 3, bytesMost: 1 << 20 }
const numberIn = ({ json }: { readonly json: string }) => (JSON.parse(json) as { at: number }).at

/** A reader of a journal that is in some place. */
async function readerAt(journal: Journal, directory: string, place: Moment) {
  const reader = new JournalReader(directory, () => journal.length())
  return { reader, found: await reader.seek(place) }
}

async function readAll(reader: JournalReader, by = size): Promise<{ numbers: number[]; end?: Moment }> {
  const numbers: number[] = []
  let end: Moment | undefined
  for (let batch = await reader.next(by); batch !== undefined; batch = await reader.next(by)) {
    expect(batch.records.length).toBeLessThanOrEqual(by.recordsMost)
    numbers.push(...batch.records.map(numberIn))
    end = batch.end
  }
  return { numbers, ...(end && { end }) }
}

const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, at) => from + at)

describe('a journal that is read on', () => {
  test('gives every record once and in order, while it grows, changes files and is opened anew', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ append: fc.integer({ min: 1, max: 9 }) }),
        fc.constant('read' as const),
        fc.constant('read a little' as const),
        fc.constant('reader starts anew' as const),
        fc.constant('journal starts anew' as const),
      ),
      { minLength: 1, maxLength: 14 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (todo) => {
        const directory = await newDirectory()
        const open = () => openJournal({ directory, segmentBytes: 400 })
        let journal = await open()
        let { reader } = await readerAt(journal, directory, beginning)
        let place = beginning
        let written = 0
        const read: number[] = []
        const take = async (batches: number) => {
          for (let left = batches; left > 0; left -= 1) {
            const batch = await reader.next(size)
            if (batch === undefined) return
            read.push(...batch.records.map(numberIn))
            place = batch.end
          }
        }
        for (const step of todo) {
          if (step === 'read') await take(Number.POSITIVE_INFINITY)
          else if (step === 'read a little') await take(1)
          else if (step === 'reader starts anew') {
            await reader.close()
            const { reader: next, found } = await readerAt(journal, directory, place)
            expect(found).toEqual({ place: 'here', missed: 0 })
            reader = next
          } else if (step === 'journal starts anew') {
            await journal.close()
            journal = await open()
            await reader.close()
            reader = (await readerAt(journal, directory, place)).reader
          } else {
            for (let each = 0; each < step.append; each += 1) await journal.append({ at: ++written })
          }
        }
        await take(Number.POSITIVE_INFINITY)
        await reader.close()
        await journal.close()
        expect(read).toEqual(upTo(written))
        await rm(directory, { recursive: true })
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  test('stops where it is told to, so that a batch can be read again as it was', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, segmentBytes: 400 })
    for (const at of upTo(9)) await journal.append({ at })
    const { reader } = await readerAt(journal, directory, beginning)
    const batch = await reader.next({ recordsMost: 100, bytesMost: 1 << 20, upTo: 4 })
    expect(batch?.records.map(numberIn)).toEqual([1, 2, 3, 4])
    expect(batch?.end.sequence).toBe(4)
    await reader.close()
    await journal.close()
  })

  test('is read from its beginning when it is another one than before', async () => {
    const [mine, other] = [await newDirectory(), await newDirectory()]
    const journals = [
      await openJournal({ directory: mine }),
      await openJournal({ directory: other }),
    ] as const
    for (const at of upTo(5)) await journals[0].append({ at })
    for (const at of upTo(8)) await journals[1].append({ at, other: true })
    const { end = beginning } = await readAll((await readerAt(journals[0], mine, beginning)).reader)
    const { reader, found } = await readerAt(journals[1], other, end)
    expect(found.place).toBe('elsewhere')
    expect((await readAll(reader)).numbers).toEqual(upTo(8))
    for (const journal of journals) await journal.close()
  })

  test('tells how many lines were deleted that somebody had not read', async () => {
    const directory = await newDirectory()
    const journal = await openJournal({ directory, segmentBytes: 400 })
    for (const at of upTo(12)) await journal.append({ at })
    const { reader } = await readerAt(journal, directory, beginning)
    const first = await reader.next({ ...size, recordsMost: 1 })
    await reader.close()
    await journal.close()
    const [oldest = '', next = ''] = (await readdir(directory)).sort()
    for (const name of [oldest, next]) await rm(join(directory, name))
    const again = await openJournal({ directory, segmentBytes: 400 })
    const { reader: later, found } = await readerAt(again, directory, first?.end ?? beginning)
    const { numbers } = await readAll(later)
    expect(found).toEqual({ place: 'here', missed: Number(numbers[0]) - 2 })
    expect(numbers).toEqual(upTo(12, numbers[0]))
    await later.close()
    await again.close()
  })
})
