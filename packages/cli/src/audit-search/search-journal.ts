import {
  IndexReader,
  type JournalPlace,
  linesFrom,
  listSegments,
  parseLink,
  Unreadable,
} from '@claviger/server'
import type { Wanted } from './criteria.ts'
import { isRecorded, type Recorded } from './recorded.ts'

/** What is searched, and for what. */
export interface Search extends Wanted {
  /** The files of the journal. */
  readonly directory: string
  /** Where the index of it would be. */
  readonly indexPath?: string | undefined
  /** Milliseconds since the epoch, both included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Only so many of the newest. */
  readonly limit?: number | undefined
}

/** A record that was wanted. */
export interface Found {
  readonly record: Recorded
  /** As it stands in the journal, JSON. */
  readonly json: string
}

/** What a search has come to: filled in while it goes on. */
export interface Tally {
  /** Records that were read. */
  lookedThrough: number
  /** Lines that are no lines of ours. */
  damagedLines: number
  /** Files that cannot be read to their end. */
  readonly damagedSegments: number[]
  /** Whether the index said where to look. */
  indexed: boolean
  /** Behind the last line that was looked at. */
  end: JournalPlace
}

/** A tally before anything was read. */
export function newTally(): Tally {
  return {
    lookedThrough: 0,
    damagedLines: 0,
    damagedSegments: [],
    indexed: false,
    end: { segment: 1, offset: 0 },
  }
}

/**
 * How much later than it happened something may be in the journal: a record of a change whose journal could not be
 * written waits until it can.
 */
const graceMs = 86_400_000

/** A part of the journal, in which to look; parts stand in the order in which they were written. */
type Part = () => AsyncIterable<Found>

/**
 * The records that are wanted, oldest first. It reads whichever files may hold one, piece by piece, and goes on when
 * whoever asked has taken what it found; only where so many of the newest are wanted are those held all at once.
 */
export async function* searchJournal(search: Search, tally: Tally): AsyncGenerator<Found, void> {
  const segments = await segmentsOf(search)
  const index = openIndex(search)
  try {
    const parts =
      (index && indexedParts(index, segments, { search, tally })) ?? segments.map(partOf({ search, tally }))
    if (search.limit === undefined) for (const part of parts) yield* part()
    else yield* newestOf(parts, search.limit)
  } finally {
    index?.close()
  }
}

interface Looking {
  readonly search: Search
  readonly tally: Tally
}

/** Of all files those that can hold something of the time that is asked about. */
async function segmentsOf({
  directory,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
}: Search): Promise<readonly number[]> {
  const segments = await listSegments(directory)
  if (from === 0 && to === Number.MAX_SAFE_INTEGER) return segments
  const begins = await Promise.all(segments.map((segment) => beginOf(directory, segment)))
  return segments.filter((_, at) => {
    const [begin, end] = [begins[at] ?? 0, begins[at + 1] ?? Number.MAX_SAFE_INTEGER]
    return begin <= to + graceMs && end >= from
  })
}

/** When the first event of a segment happened; nothing where that cannot be read. */
async function beginOf(directory: string, segment: number): Promise<number | undefined> {
  try {
    for await (const { lines } of linesFrom(directory, { segment, offset: 0 })) {
      for (const line of lines) {
        const at = Date.parse(recordIn(line)?.record.eventTime ?? '')
        if (!Number.isNaN(at)) return at
      }
    }
  } catch {
    // Whoever reads all of it says what is wrong with it.
  }
  return undefined
}

function openIndex({ directory, indexed, indexPath }: Search): IndexReader | undefined {
  return indexed === undefined || indexPath === undefined ? undefined : IndexReader.open(indexPath, directory)
}

/** So many lines are looked up at a time. */
const placesAtOnce = 200

/** What the index names, and then what is behind it; nothing when it names too much. */
function indexedParts(
  index: IndexReader,
  segments: readonly number[],
  { search, tally }: Looking,
): readonly Part[] | undefined {
  const { indexed, from, to } = search
  const places = indexed && index.find({ ...indexed, from, to })
  if (places === undefined) return undefined
  tally.indexed = true
  const parts: Part[] = []
  for (let at = 0; at < places.length; at += placesAtOnce) {
    const some = places.slice(at, at + placesAtOnce)
    parts.push(async function* () {
      for (const line of index.lines(some)) yield* lookedAt([Buffer.from(line)], { search, tally })
    })
  }
  const { reached } = index
  const behind = segments.filter((segment) => segment >= reached.segment)
  return [
    ...parts,
    ...behind.map((segment) =>
      partOf({ search, tally }, segment === reached.segment ? reached.offset : 0)(segment),
    ),
  ]
}

/** A segment, or the rest of it. */
function partOf(looking: Looking, offset = 0): (segment: number) => Part {
  return (segment) =>
    async function* () {
      try {
        for await (const { lines, end } of linesFrom(looking.search.directory, { segment, offset })) {
          yield* lookedAt(lines, looking)
          if (segment >= looking.tally.end.segment) looking.tally.end = { segment, offset: end }
        }
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // Removed meanwhile, since the journal is not to grow for ever.
        if (code === 'ENOENT') return
        if (!(error instanceof Unreadable)) throw error
        looking.tally.damagedSegments.push(segment)
      }
    }
}

function* lookedAt(lines: readonly Buffer[], { search, tally }: Looking): Generator<Found, void> {
  for (const line of lines) {
    const link = parseLink(line)
    if (link?.content === 'checkpoint') continue
    tally.lookedThrough += 1
    if (link !== undefined && search.needles.some((needle) => !line.includes(needle))) continue
    const found = link && recordIn(line)
    if (found === undefined) tally.damagedLines += 1
    else if (isWithin(found.record, search) && search.matches(found.record)) yield found
  }
}

function isWithin({ eventTime = '' }: Recorded, { from, to }: Search): boolean {
  if (from === undefined && to === undefined) return true
  const at = Date.parse(eventTime)
  // Records have no finer time than a second: who asks from the middle of one gets all of it.
  return at >= Math.floor((from ?? 0) / 1000) * 1000 && at <= (to ?? Number.MAX_SAFE_INTEGER)
}

const recordMark = ',"record":'

/** The record of a line, as it stands there and read; nothing for a line that holds none. */
export function recordIn(line: Buffer): Found | undefined {
  try {
    const text = line.toString()
    const json = text.slice(text.indexOf(recordMark) + recordMark.length, -1)
    const record: unknown = JSON.parse(json)
    return isRecorded(record) ? { record, json } : undefined
  } catch {
    return undefined
  }
}

async function* newestOf(parts: readonly Part[], limit: number): AsyncGenerator<Found, void> {
  let kept: Found[] = []
  for (const part of parts.toReversed()) {
    const wanted = limit - kept.length
    let newest: Found[] = []
    for await (const found of part()) {
      newest.push(found)
      // Not at every one: cutting an array costs as much as it is long.
      if (newest.length > 2 * wanted + 100) newest = newest.slice(-wanted)
    }
    kept = [...newest.slice(-wanted), ...kept]
    if (kept.length >= limit) break
  }
  yield* kept
}
