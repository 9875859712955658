import { open } from 'node:fs/promises'
import { CannotStart } from '../../base/cannot-start.ts'
import { hashOf, noHash, parseLink } from './line.ts'
import { listSegments, readLines, segmentPath } from './segments.ts'

/** Where the next line goes and what it continues. */
export interface Tail {
  readonly segment: number
  /** How many bytes of the segment are durable lines. */
  readonly length: number
  /** Of the last line, wherever it is. */
  readonly sequence: number
  readonly lastHash: string
  /** Bytes of the last line with its newline, when it is in this segment; else 0. */
  readonly lastLineBytes: number
}

const beginning: Tail = { segment: 1, length: 0, sequence: 0, lastHash: noHash, lastLineBytes: 0 }

/**
 * The end of a journal as the last process left it. A torn last line is cut off: its append never resolved, so
 * nothing was promised. Anything else that is wrong in the last segment is not ours to repair.
 *
 * @throws CannotStart naming the file and line
 */
export async function findTail(directory: string): Promise<Tail> {
  const segments = await listSegments(directory)
  const last = segments.at(-1)
  if (last === undefined) return beginning
  const tail = await scan(directory, last)
  await cut(segmentPath(directory, last), tail.length)
  if (tail.sequence > 0 || last === 1) return tail
  // A new segment that got no line before the process ended: the chain goes on from the one before.
  if (segments.at(-2) !== last - 1) {
    throw new CannotStart(
      `${segmentPath(directory, last - 1)} is missing; restore it, or move the journal away`,
    )
  }
  const { sequence, lastHash } = await scan(directory, last - 1)
  return { ...tail, sequence, lastHash }
}

async function scan(directory: string, segment: number): Promise<Tail> {
  const path = segmentPath(directory, segment)
  let tail: Tail = { ...beginning, segment }
  let faultyLine: number | undefined
  let lines = 0
  await readLines(path, (line) => {
    lines += 1
    const link = parseLink(line)
    const isFirst = lines === 1
    const continues =
      link !== undefined &&
      (isFirst || (link.sequence === tail.sequence + 1 && link.previous === tail.lastHash)) &&
      (!isFirst || segment > 1 || (link.sequence === 1 && link.previous === noHash))
    if (!continues) {
      faultyLine = lines
      return 'stop'
    }
    const lastLineBytes = line.length + 1
    tail = {
      segment,
      length: tail.length + lastLineBytes,
      sequence: link.sequence,
      lastHash: hashOf(line),
      lastLineBytes,
    }
    return undefined
  })
  if (faultyLine === undefined) return tail
  throw new CannotStart(
    `the audit journal was changed: line ${faultyLine} of ${path} does not follow from the one before; ` +
      'restore the file, or move the journal away to begin a new one',
  )
}

async function cut(path: string, length: number): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    if ((await handle.stat()).size === length) return
    await handle.truncate(length)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
