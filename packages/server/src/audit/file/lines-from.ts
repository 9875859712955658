import { createReadStream } from 'node:fs'
import { blockBytes, blockStarts } from './blocks.ts'
import { compressedPath, inflated, OpenLine, segmentPath } from './segments.ts'

/** A place between two lines: so many bytes into the plain form of a segment. */
export interface JournalPlace {
  readonly segment: number
  readonly offset: number
}

/** Whole lines that were read together, without their newlines, and where the next one begins. */
export interface LineBatch {
  readonly lines: readonly Buffer[]
  readonly end: number
}

const chunkBytes = 1 << 20
const newline = 0x0a

/**
 * The lines of a segment from some place on, whether it is compressed or not, for whoever goes on where he was: what
 * stands before costs nothing but, where it is compressed, the rest of a block. Whoever takes them sets the pace. What
 * stands behind the last newline is not handed over.
 *
 * @throws Unreadable when a compressed segment is damaged, or a line is longer than any that was written
 */
export async function* linesFrom(
  directory: string,
  { segment, offset }: JournalPlace,
): AsyncGenerator<LineBatch, void> {
  const plain = createReadStream(segmentPath(directory, segment), {
    start: offset,
    highWaterMark: chunkBytes,
  })
  try {
    yield* batches(plain, { segment, offset })
    return
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
  } finally {
    plain.destroy()
  }
  yield* compressedLinesFrom(compressedPath(directory, segment), { segment, offset })
}

async function* compressedLinesFrom(path: string, place: JournalPlace): AsyncGenerator<LineBatch, void> {
  const { offset } = place
  const block = Math.floor(offset / blockBytes)
  const start = offset < blockBytes ? 0 : (await blockStarts(path))[block]
  // Whoever was at the end of the plain file is at the end of this one.
  if (start === undefined) return
  yield* batches(skipped(inflated(path, { start }), offset - block * blockBytes), place)
}

async function* skipped(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer, void> {
  let left = count
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

async function* batches(
  chunks: AsyncIterable<Buffer>,
  { segment, offset }: JournalPlace,
): AsyncGenerator<LineBatch, void> {
  let end = offset
  const open = new OpenLine(segment)
  for await (const chunk of chunks) {
    const lines: Buffer[] = []
    let start = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      const line = open.end(chunk.subarray(start, at))
      lines.push(line)
      end += line.length + 1
      start = at + 1
    }
    if (start < chunk.length) open.add(chunk.subarray(start))
    if (lines.length > 0) yield { lines, end }
  }
}
