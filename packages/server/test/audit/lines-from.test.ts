import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compressSegment } from '../../src/audit/file/compress-segment.ts'
import { lineBytesMost } from '../../src/audit/file/line.ts'
import { linesFrom } from '../../src/audit/file/lines-from.ts'
import { compressedPath, readLines, segmentPath, Unreadable } from '../../src/audit/file/segments.ts'

/** Reading a segment on from where one was. */

let directory: string
/** Lines of very different lengths: some fill several of the pieces in which a file is read. */
const lines = Array.from(
  { length: 3000 },
  (_, at) => `${at} ${'x'.repeat(at % 500 === 7 ? 1_500_000 : at % 90)}`,
)
const offsets = lines.map((_, at) => lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0))

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claviger-lines-'))
  for (const segment of [1, 2]) await writeFile(segmentPath(directory, segment), `${lines.join('\n')}\ntorn`)
  await compressSegment(directory, 2)
})
afterAll(() => rm(directory, { recursive: true }))

async function read(segment: number, offset: number) {
  const read: string[] = []
  let end = offset
  for await (const batch of linesFrom(directory, { segment, offset })) {
    read.push(...batch.lines.map(String))
    end = batch.end
  }
  return { read, end }
}

describe.each([
  ['that grows', 1],
  ['that is compressed', 2],
])('the lines of a segment %s', (_, segment) => {
  test('are all read from any line on, without what is torn behind the last', {
    timeout: 60_000,
  }, async () => {
    const whole = lines.join('\n').length + 1
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: lines.length }), async (at) => {
        const { read: found, end } = await read(segment, offsets[at] ?? whole)
        expect(found.length).toBe(lines.length - at)
        expect(found).toEqual(lines.slice(at))
        expect(end).toBe(whole)
      }),
      { numRuns: 10 },
    )
  })
})

test('nothing is held of a line without end, which is damage when it ends and torn when it does not', async () => {
  const endless = Buffer.alloc(lineBytesMost + 1, 'x')
  await writeFile(segmentPath(directory, 4), endless)
  expect(await read(4, 0)).toEqual({ read: [], end: 0 })
  expect(await readLines(directory, 4, () => undefined)).toBe(endless.length)

  await writeFile(segmentPath(directory, 5), Buffer.concat([endless, Buffer.from('\n')]))
  await expect(read(5, 0)).rejects.toThrow(/^segment 5 of the audit journal has a line of 16777217 bytes/)
  await expect(readLines(directory, 5, () => undefined)).rejects.toThrow(Unreadable)
})

test('a compressed segment that is damaged says so, and one that is not there has no lines to give', async () => {
  const file = await open(compressedPath(directory, 2), 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(50), 0, 50, Math.floor(size / 2))
  await file.close()
  await expect(read(2, 0)).rejects.toThrow(Unreadable)
  await expect(read(3, 0)).rejects.toThrow(/ENOENT/)
})
