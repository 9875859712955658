import { rm, stat } from 'node:fs/promises'
import { syncDirectory } from '../../base/durable-file.ts'
import type { JournalKey } from '../journal-key.ts'
import type { Retention } from '../retention.ts'
import { type Beginning, readBeginning, writeBeginning } from './beginning.ts'
import { hashOf, type Link, noHash, parseLink } from './line.ts'
import { linesFrom } from './lines-from.ts'
import { compressedPath, segmentNames, segmentPath } from './segments.ts'

/** Somebody who reads the journal on, and for whom nothing may be deleted unread. */
export interface Taker {
  readonly name: string
  /** The last line that it does not need any more. */
  readonly takenUpTo: number
  /** Makes that survive a power failure. */
  sync(): Promise<void>
}

export interface RetentionSettings {
  readonly directory: string
  readonly retention: Retention
  /** What signs the note of where the journal begins. */
  readonly key: JournalKey
  readonly takers: () => readonly Taker[]
  /** Told when a file is kept beyond its time for somebody's sake. */
  readonly onKept: (segment: number, taker: string) => void
}

/** A file, in whichever form it lies there. */
interface Lying {
  readonly segment: number
  readonly bytes: number
}

/** How a file ends. */
interface End {
  readonly hash: string
  /** When the last event in it happened. */
  readonly at: number
}

/**
 * Deletes what the journal need not keep, oldest files first and only whole ones, and leaves a signed note of where it
 * begins now. The file that is being written and the one before it always stay, and so does everything that somebody
 * has not taken yet.
 *
 * @returns what does it, and says how many files went; to be called now and then
 */
export function retainer(settings: RetentionSettings): (now: number) => Promise<number> {
  const { directory, key, takers, onKept } = settings
  /** How files end that were looked at and kept: a closed one does not change. */
  const ends = new Map<number, End>()
  let lastKept = 0
  return async (now) => {
    const begun = await readBeginning(directory, key.publicKey)
    await deleteBefore(directory, begun?.segment ?? 1)
    const lying = await lyingSegments(directory)
    const overdue = await overdueIn(lying, { ...settings, ends, now })
    if (overdue.length === 0) return 0
    await requireBegun(directory, lying[0]?.segment, begun)
    for (const taker of takers()) await taker.sync()
    let gone = 0
    for (const { segment } of overdue) {
      const next = await firstLink(directory, segment + 1)
      const waiting = takers().find(({ takenUpTo }) => takenUpTo < next.sequence - 1)
      if (waiting !== undefined) {
        if (lastKept !== segment) onKept(segment, waiting.name)
        lastKept = segment
        break
      }
      if (next.previous !== ends.get(segment)?.hash) throw changed(segment, 'does not end as it did')
      const beginning = { segment: segment + 1, sequence: next.sequence - 1, hash: next.previous }
      await writeBeginning(directory, beginning, key)
      await deleteBefore(directory, segment + 1)
      ends.delete(segment)
      gone += 1
    }
    return gone
  }
}

/** The oldest files, as many as are beyond a limit. */
async function overdueIn(
  lying: readonly Lying[],
  {
    directory,
    retention: { ageMs = Number.POSITIVE_INFINITY, bytesMost = Number.POSITIVE_INFINITY },
    ends,
    now,
  }: RetentionSettings & { readonly ends: Map<number, End>; readonly now: number },
): Promise<readonly Lying[]> {
  let left = lying.reduce((sum, { bytes }) => sum + bytes, 0)
  const overdue: Lying[] = []
  // The last is being written, and the one before may hold the last line that was signed.
  for (const each of lying.slice(0, -2)) {
    const end = ends.get(each.segment) ?? (await endOf(directory, each.segment))
    ends.set(each.segment, end)
    if (left <= bytesMost && now - end.at <= ageMs) break
    overdue.push(each)
    left -= each.bytes
  }
  return overdue
}

/** All files in order, with what they take on the disk. */
async function lyingSegments(directory: string): Promise<readonly Lying[]> {
  const names = await segmentNames(directory)
  const segments = [...new Set(names.map(({ segment }) => segment))]
  return Promise.all(
    segments.map(async (segment) => {
      const isPlain = names.some((name) => name.segment === segment && !name.isCompressed)
      const { size } = await stat((isPlain ? segmentPath : compressedPath)(directory, segment))
      return { segment, bytes: size }
    }),
  )
}

/** A file that was changed is evidence, and nothing that a note should make disappear. */
function changed(segment: number, how: string): Error {
  return new Error(`segment ${segment} of the audit journal ${how}, and is kept`)
}

/** What somebody else cut off at the front must go on to show: no new note covers it. */
async function requireBegun(
  directory: string,
  first: number | undefined,
  { segment, sequence, hash }: Beginning = { segment: 1, sequence: 0, hash: noHash },
): Promise<void> {
  if (first === undefined) return
  const link = await firstLink(directory, first)
  const isBegun = first === segment && link.sequence === sequence + 1 && link.previous === hash
  if (!isBegun) throw changed(first, 'is not the first that there should be')
}

/**
 * Every line is held to the one before, and the last by whoever calls to the next file: else whoever can write to the
 * files, and not sign, would have us delete what is not old, by the time in some record before the last line.
 */
async function endOf(directory: string, segment: number): Promise<End> {
  let hash = ''
  let at = 0
  for await (const { lines } of linesFrom(directory, { segment, offset: 0 })) {
    for (const line of lines) {
      if (hash !== '' && parseLink(line)?.previous !== hash)
        throw changed(segment, 'is not as it was written')
      hash = hashOf(line)
    }
    const record = lines.findLast((line) => parseLink(line)?.content === 'record')
    const time = record === undefined ? Number.NaN : eventTimeOf(record)
    if (!Number.isNaN(time)) at = time
  }
  return { hash, at }
}

function eventTimeOf(line: Buffer): number {
  const { record } = JSON.parse(line.toString()) as { record?: { eventTime?: unknown } }
  return Date.parse(String(record?.eventTime))
}

async function firstLink(directory: string, segment: number): Promise<Link> {
  for await (const { lines } of linesFrom(directory, { segment, offset: 0 })) {
    const link = lines[0] && parseLink(lines[0])
    if (link !== undefined) return link
    break
  }
  throw new Error(`segment ${segment} of the audit journal does not begin as it was written`)
}

async function deleteBefore(directory: string, first: number): Promise<void> {
  const names = await segmentNames(directory)
  const gone = names.filter(({ segment }) => segment < first)
  for (const { segment, isCompressed } of gone) {
    await rm((isCompressed ? compressedPath : segmentPath)(directory, segment), { force: true })
  }
  if (gone.length > 0) await syncDirectory(directory)
}
