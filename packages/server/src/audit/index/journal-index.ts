import { rm } from 'node:fs/promises'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { blockStarts, blockStartsSync } from '../file/blocks.ts'
import { type JournalPlace, linesFrom } from '../file/lines-from.ts'
import { compressedPath, listSegments } from '../file/segments.ts'
import type { JournalLength } from '../journal.ts'
import type { TrailEvent, TrailQuery } from '../trail.ts'
import {
  type Chunk,
  ChunkWriter,
  chunksSql,
  chunkValues,
  newestFirst,
  type Posting,
  postingsIn,
} from './chunks.ts'
import { entryOf, wordsOf } from './entry.ts'
import { EntryReader } from './entry-reader.ts'
import { IdWriter, placesOfId } from './event-ids.ts'
import { type LinePlace, LineReader } from './line-reader.ts'
import { anyWord, homeWord, openTables } from './tables.ts'
import { Words } from './words.ts'

/** What takes in the events of one segment. */
interface Writers {
  readonly chunks: ChunkWriter
  readonly ids: IdWriter
}

/** Lines that are taken in one transaction: enough that its cost does not show, few enough not to hold up a question. */
const batchLines = 5000

/**
 * An index of the journal in a database of its own. It holds nothing that is not in the journal: when it is lost,
 * damaged or of another form it is made anew, and it is not synced.
 */
export class JournalIndex {
  readonly #directory: string
  readonly #database: DatabaseSync
  readonly #words: Words
  readonly #entries = new EntryReader()
  readonly #statements = new Map<string, StatementSync>()
  readonly #starts = new Map<number, readonly number[]>()
  /** The first segment that is still there: older ones are removed when the journal is not to grow for ever. */
  #first = 0

  private constructor(directory: string, database: DatabaseSync) {
    this.#directory = directory
    this.#database = database
    this.#words = new Words(database)
  }

  /** Opens the index at `path` of the journal in `directory`, or makes it. */
  static async open(path: string, directory: string): Promise<JournalIndex> {
    try {
      return new JournalIndex(directory, openTables(path))
    } catch {
      // Whatever is wrong with it, the journal knows better.
      for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
      return new JournalIndex(directory, openTables(path))
    }
  }

  /** Takes in what the journal has and the index has not, up to where it is durable. */
  async catchUp(end: JournalLength): Promise<void> {
    const reached = this.#position()
    // Nothing new, as between most questions: not even the directory need be looked at.
    if (reached.segment === end.segment && reached.offset === end.length && this.#first > 0) return
    const segments = (await listSegments(this.#directory)).filter((segment) => segment <= end.segment)
    this.#forgetBefore(segments[0] ?? 1)
    for (const segment of segments) {
      if (segment < reached.segment) continue
      await this.#takeSegment(segment, segment === end.segment ? end.length : Number.POSITIVE_INFINITY)
    }
    for (const segment of segments) {
      if (segment < end.segment) await this.#keepStarts(segment)
    }
  }

  /** The events of a query, in the order and with the limit it names. */
  find(query: TrailQuery): TrailEvent[] {
    const { attribute } = query
    const reader = new LineReader(this.#directory, (segment) => this.#startsOf(segment))
    try {
      return this.#places(query).flatMap((place) => {
        const line = reader.read(place)
        const entry = line && entryOf(line)
        if (!entry || (attribute?.name === 'EventId' && entry.eventId !== attribute.value)) return []
        return [{ ...entry, record: recordIn(line) }]
      })
    } finally {
      reader.close()
    }
  }

  close(): void {
    this.#database.close()
  }

  async #takeSegment(segment: number, length: number): Promise<void> {
    const position = this.#position()
    let offset = position.segment === segment ? position.offset : 0
    let taken = 0
    const writers = { chunks: new ChunkWriter(this.#database), ids: new IdWriter(this.#database) }
    const write = () => {
      writers.chunks.write()
      writers.ids.write()
      this.#moveTo(segment, offset)
    }
    this.#database.exec('BEGIN')
    try {
      for await (const { lines } of linesFrom(this.#directory, { segment, offset })) {
        for (const line of lines) {
          if (offset + line.length + 1 > length) break
          this.#take(line, { segment, offset, length: line.length }, writers)
          offset += line.length + 1
          taken += 1
          if (taken % batchLines !== 0) continue
          write()
          this.#database.exec('COMMIT; BEGIN')
        }
      }
      write()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#words.forget()
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #take(line: Buffer, place: LinePlace, { chunks, ids }: Writers): void {
    const entry = this.#entries.read(line)
    if (entry === undefined) return
    const { second, sequence, eventId } = entry
    const home = this.#words.number('Home', homeWord(entry))
    const posting = { second, sequence, ...place }
    ids.add(home, eventId, posting)
    chunks.add(home, anyWord, posting)
    for (const [kind, word] of wordsOf(entry)) chunks.add(home, this.#words.number(kind, word), posting)
  }

  #places(query: TrailQuery): readonly LinePlace[] {
    const { account, region, attribute, limit } = query
    const home = this.#words.find('Home', homeWord({ account, region }))
    if (home === undefined) return []
    if (attribute?.name === 'EventId') {
      const where = { home, ...secondsOf(query), segment: this.#first }
      return placesOfId(this.#database, attribute.value, where).filter(askedIn(query)).slice(0, limit)
    }
    const word = attribute === undefined ? anyWord : this.#words.find(attribute.name, attribute.value)
    if (word === undefined) return []
    const isAsked = askedIn(query)
    let found: Posting[] = []
    for (const chunk of this.#chunks(home, word, query)) {
      // The chunks that follow end no later, so nothing in them is newer than this.
      if (found.length === limit && (found.at(-1)?.second ?? 0) > chunk.last) break
      found = [...found, ...postingsIn(chunk).filter(isAsked)].sort(newestFirst).slice(0, limit)
    }
    return found
  }

  #chunks(home: number, word: number, query: TrailQuery): Iterable<Chunk> {
    const values = chunkValues({ home, word }, secondsOf(query), this.#first)
    return this.#prepared(chunksSql).iterate(...values) as unknown as Iterable<Chunk>
  }

  /** Lets go of what tells of segments that are not there any more. */
  #forgetBefore(first: number): void {
    this.#first = first
    const { first: known } = this.#position()
    // Looking through all events takes its time, and there is mostly nothing to be found.
    if (known >= first) return
    this.#database.exec('BEGIN')
    for (const table of ['chunks', 'event_ids', 'blocks']) {
      this.#prepared(`DELETE FROM ${table} WHERE segment < ?`).run(first)
    }
    this.#prepared('UPDATE position SET first = ?').run(first)
    this.#database.exec('COMMIT')
    for (const segment of this.#starts.keys()) if (segment < first) this.#starts.delete(segment)
  }

  /** Known before somebody asks: a page may need a line of every segment. */
  async #keepStarts(segment: number): Promise<void> {
    if (this.#storedStarts(segment) !== undefined) return
    // Not compressed yet, or damaged: then a page that needs it looks itself.
    const starts = await blockStarts(compressedPath(this.#directory, segment)).catch(() => undefined)
    if (starts !== undefined) this.#storeStarts(segment, starts)
  }

  #startsOf(segment: number): readonly number[] {
    return (
      this.#storedStarts(segment) ??
      this.#storeStarts(segment, blockStartsSync(compressedPath(this.#directory, segment)))
    )
  }

  #storedStarts(segment: number): readonly number[] | undefined {
    const known = this.#starts.get(segment)
    if (known !== undefined) return known
    const stored = this.#prepared('SELECT starts FROM blocks WHERE segment = ?').get(segment)?.starts
    if (!(stored instanceof Uint8Array)) return undefined
    const starts = [...new Uint32Array(stored.slice().buffer)]
    this.#starts.set(segment, starts)
    return starts
  }

  #storeStarts(segment: number, starts: readonly number[]): readonly number[] {
    const bytes = new Uint8Array(Uint32Array.from(starts).buffer)
    this.#prepared('INSERT OR REPLACE INTO blocks VALUES (?, ?)').run(segment, bytes)
    this.#starts.set(segment, starts)
    return starts
  }

  /** How far it is, and the first segment that it has something of. */
  #position(): JournalPlace & { readonly first: number } {
    const row = this.#prepared('SELECT first, segment, offset FROM position').get()
    return { first: Number(row?.first), segment: Number(row?.segment), offset: Number(row?.offset) }
  }

  #moveTo(segment: number, offset: number): void {
    this.#prepared('UPDATE position SET segment = ?, offset = ?').run(segment, offset)
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** The seconds that a query is about, both included. */
function secondsOf({ from, to, after }: TrailQuery): { readonly least: number; readonly most: number } {
  const most = Math.floor((to ?? latest) / 1000)
  return { least: Math.floor((from ?? 0) / 1000), most: Math.min(most, after?.second ?? most) }
}

/** The last moment that dates know (ECMA-262, time values). */
const latest = 8_640_000_000_000_000

function askedIn(query: TrailQuery): (posting: Posting) => boolean {
  const { least, most } = secondsOf(query)
  const { after } = query
  return ({ second, sequence }) =>
    second >= least &&
    second <= most &&
    (after === undefined || second < after.second || sequence < after.sequence)
}

/** The record of a line, as it stands there. */
function recordIn(line: string): string {
  return line.slice(line.indexOf(',"record":') + ',"record":'.length, -1)
}
