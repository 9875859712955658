import { open } from 'node:fs/promises'
import { CannotStart } from '../../base/cannot-start.ts'
import { hashOf, type Link, noHash, parseLink } from './line.ts'
import { readLines, segmentNames, segmentPath, Unreadable } from './segments.ts'

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
  /** When the first event of this segment happened; absent while there is none. */
  readonly begunAt?: number
}

/** The end of a journal, and the hashes that a signed head may name. */
export interface FoundTail {
  readonly tail: Tail
  /** The hash of a line by its number; `undefined` for one that is not in the last segments. */
  readonly hashAt: (sequence: number) => string | undefined
}

const beginning: Tail = { segment: 1, length: 0, sequence: 0, lastHash: noHash, lastLineBytes: 0 }

/**
 * The end of a journal as the last process left it. A torn last line is cut off: its append never resolved, so
 * nothing was promised. Anything else that is wrong in the last segment is not ours to repair.
 *
 * @throws CannotStart naming the file and line
 */
export async function findTail(directory: string): Promise<FoundTail> {
  const hashes = new Map<number, string>()
  const hashAt = (sequence: number) => hashes.get(sequence)
  const names = await segmentNames(directory)
  const last = names.at(-1)?.segment
  if (last === undefined) return { tail: beginning, hashAt }
  // Only a segment that is closed is compressed: the next one is begun where it was or would have been.
  const isOpen = names.some(({ segment, isCompressed }) => segment === last && !isCompressed)
  const scanned = await scan(directory, last, hashes)
  if (!isOpen) return { tail: after(scanned), hashAt }
  await cut(segmentPath(directory, last), scanned.length)
  if (scanned.lastLineBytes > 0 || last === 1) return { tail: scanned, hashAt }
  // A new segment that got no line before the process ended: the chain goes on from the one before.
  if (!names.some(({ segment }) => segment === last - 1)) {
    throw new CannotStart(
      `${segmentPath(directory, last - 1)} is missing; restore it, or move the journal away`,
    )
  }
  return { tail: after(await scan(directory, last - 1, hashes)), hashAt }
}

/** The segment behind one that is closed, as yet without a line. */
function after({ segment, sequence, lastHash }: Tail): Tail {
  return { segment: segment + 1, length: 0, sequence, lastHash, lastLineBytes: 0 }
}

async function scan(directory: string, segment: number, hashes: Map<number, string>): Promise<Tail> {
  let tail: Tail = { ...beginning, segment }
  let faultyLine: number | undefined
  let lines = 0
  await readLines(directory, segment, (line) => {
    lines += 1
    const link = parseLink(line)
    if (link === undefined || !continues(link, lines === 1 ? undefined : tail, segment)) {
      faultyLine = lines
      return 'stop'
    }
    const lastLineBytes = line.length + 1
    const begunAt = tail.begunAt ?? eventTimeOf(line)
    tail = {
      segment,
      length: tail.length + lastLineBytes,
      sequence: link.sequence,
      lastHash: hashOf(line),
      lastLineBytes,
      ...(begunAt === undefined ? {} : { begunAt }),
    }
    hashes.set(link.sequence, tail.lastHash)
    return undefined
  }).catch((cause) => {
    if (!(cause instanceof Unreadable)) throw cause
    faultyLine = lines + 1
  })
  if (faultyLine === undefined) return tail
  throw new CannotStart(
    `the audit journal was changed: line ${faultyLine} of ${segmentPath(directory, segment)} does not follow from ` +
      'the one before; restore the file, or move the journal away to begin a new one',
  )
}

/** Whether a line follows from the one before. What stands before the first of a later segment is not looked at. */
function continues({ sequence, previous }: Link, before: Tail | undefined, segment: number): boolean {
  if (before === undefined && segment > 1) return true
  const { sequence: last, lastHash } = before ?? beginning
  return sequence === last + 1 && previous === lastHash
}

/** When the event of a line happened; `undefined` for a line that holds none. */
function eventTimeOf(line: Buffer): number | undefined {
  const [, text] = /"eventTime":"([^"]+)"/.exec(line.toString('latin1')) ?? []
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
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
