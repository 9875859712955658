import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openJournal } from '../../src/audit/file/journal-file.ts'

const newDirectory = async () => join(await mkdtemp(join(tmpdir(), 'claviger-journal-')), 'audit')

test('a journal is read on from any line, in however many files it is, compressed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      fc.nat(60),
      async (batches, from) => {
        const directory = await newDirectory()
        // Each batch is written by a process of its own, and a file takes about three lines.
        let written = 0
        for (const count of batches) {
          const journal = await openJournal({ directory, segmentBytes: 400 })
          for (let each = 0; each < count; each += 1) await journal.append({ at: ++written })
          expect(journal.lastSequence()).toBe(written)
          await journal.close()
        }
        const journal = await openJournal({ directory, segmentBytes: 400 })
        const read: unknown[] = []
        await journal.readAfter(from, (record) => read.push((record as { at: number }).at))
        await journal.close()
        // A number that the journal never came to is another journal's: then everything is new.
        const first = from > written ? 0 : from
        expect(read).toEqual(Array.from({ length: written - first }, (_, at) => first + at + 1))
      },
    ),
    { numRuns: 40 },
  )
})

test('what cannot be read of a journal is left out, and the rest is read', async () => {
  const directory = await newDirectory()
  const journal = await openJournal({ directory, segmentBytes: 400 })
  for (let at = 1; at <= 9; at += 1) await journal.append({ at })
  await journal.close()
  const [damaged = ''] = (await readdir(directory)).filter((name) => name.endsWith('.gz')).sort()
  await writeFile(join(directory, damaged), 'this was a file of the journal')
  const again = await openJournal({ directory, segmentBytes: 400 })
  const read: unknown[] = []
  await again.readAfter(0, (record) => read.push((record as { at: number }).at))
  await again.close()
  expect(read.length).toBeLessThan(9)
  expect(read.at(-1)).toBe(9)
})
