import { open, rm } from 'node:fs/promises'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { invariant } from '../../base/invariant.ts'
import { blockStarts, readPiece } from '../file/blocks.ts'
import { compressedPath, listSegments, readLines, segmentPath } from '../file/segments.ts'
import type { JournalLength } from '../journal.ts'
import type { TrailAttribute, TrailEvent, TrailQuery } from '../trail.ts'
import { entryOf } from './entry.ts'

/** Raise it with any change of the tables below: an index of another form is made anew. */
const indexVersion = 1

const tables = `
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    account TEXT NOT NULL, region TEXT NOT NULL, second INTEGER NOT NULL,
    event_id TEXT NOT NULL, event_name TEXT NOT NULL, event_source TEXT NOT NULL,
    username TEXT NOT NULL, access_key_id TEXT NOT NULL, read_only TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_time ON events (account, region, second, sequence);
  CREATE INDEX events_by_id ON events (event_id);
  CREATE INDEX events_by_name ON events (account, region, event_name, second, sequence);
  CREATE INDEX events_by_source ON events (account, region, event_source, second, sequence);
  CREATE INDEX events_by_username ON events (account, region, username, second, sequence);
  CREATE INDEX events_by_access_key ON events (account, region, access_key_id, second, sequence);
  CREATE INDEX events_by_read_only ON events (account, region, read_only, second, sequence);
  CREATE TABLE resources (
    account TEXT NOT NULL, region TEXT NOT NULL, resource TEXT NOT NULL,
    second INTEGER NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (account, region, resource, second, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE position (segment INTEGER NOT NULL, offset INTEGER NOT NULL, sequence INTEGER NOT NULL) STRICT;
  INSERT INTO position VALUES (1, 0, 0);
  PRAGMA user_version = ${indexVersion};
`

/** The column of each attribute, in the table of events or of resources. */
const columns: Readonly<Record<TrailAttribute, readonly [table: 'events' | 'resources', column: string]>> = {
  AccessKeyId: ['events', 'access_key_id'],
  EventId: ['events', 'event_id'],
  EventName: ['events', 'event_name'],
  EventSource: ['events', 'event_source'],
  ReadOnly: ['events', 'read_only'],
  ResourceName: ['resources', 'resource'],
  ResourceType: ['resources', 'resource'],
  Username: ['events', 'username'],
}

interface Place {
  readonly sequence: number
  readonly second: number
  readonly segment: number
  readonly offset: number
  readonly length: number
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
  readonly #insertEvent: StatementSync
  readonly #insertResource: StatementSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #blocks = new Map<number, readonly number[]>()

  private constructor(directory: string, database: DatabaseSync) {
    this.#directory = directory
    this.#database = database
    this.#insertEvent = database.prepare(`INSERT INTO events VALUES (${Array(13).fill('?').join(', ')})`)
    this.#insertResource = database.prepare('INSERT INTO resources VALUES (?, ?, ?, ?, ?)')
  }

  /** Opens the index at `path` of the journal in `directory`, or makes it. */
  static async open(path: string, directory: string): Promise<JournalIndex> {
    try {
      return new JournalIndex(directory, openDatabase(path))
    } catch {
      // Whatever is wrong with it, the journal knows better.
      for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
      return new JournalIndex(directory, openDatabase(path))
    }
  }

  /** Takes in what the journal has and the index has not, up to where it is durable. */
  async catchUp(end: JournalLength): Promise<void> {
    for (const segment of await listSegments(this.#directory)) {
      const { segment: reached } = this.#position()
      if (segment > end.segment) return
      // Known before somebody asks: a page may need a line of every segment.
      if (segment < end.segment) await this.#blocksOf(segment).catch(() => undefined)
      if (segment < reached) continue
      await this.#takeSegment(segment, segment === end.segment ? end.length : Number.POSITIVE_INFINITY)
    }
  }

  async find(query: TrailQuery): Promise<TrailEvent[]> {
    const places = this.#places(query)
    return Promise.all(
      places.map(async (place) => {
        const line = await this.#read(place)
        const entry = entryOf(line)
        invariant(entry !== undefined, 'what the index names is a record')
        return { ...entry, sequence: place.sequence, record: recordIn(line) }
      }),
    )
  }

  close(): void {
    this.#database.close()
  }

  async #takeSegment(segment: number, length: number): Promise<void> {
    const position = this.#position()
    let offset = 0
    let { sequence } = position
    let taken = 0
    const skipTo = position.segment === segment ? position.offset : 0
    this.#database.exec('BEGIN')
    try {
      await readLines(this.#directory, segment, (line) => {
        const start = offset
        if (start + line.length + 1 > length) return 'stop'
        offset += line.length + 1
        if (start < skipTo) return undefined
        sequence += 1
        taken += 1
        this.#take(line.toString(), { sequence, segment, offset: start, length: line.length })
        if (taken % batchLines === 0) {
          this.#moveTo(segment, offset, sequence)
          this.#database.exec('COMMIT; BEGIN')
        }
        return undefined
      })
      this.#moveTo(segment, Math.max(offset, skipTo), sequence)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #take(line: string, place: Omit<Place, 'second'>): void {
    const entry = entryOf(line)
    if (entry === undefined) return
    const { account, region, second } = entry
    const { sequence } = place
    this.#insertEvent.run(
      ...[sequence, place.segment, place.offset, place.length, account, region, second],
      ...[entry.eventId, entry.eventName, entry.eventSource, entry.username],
      ...[entry.accessKeyId, entry.readOnly],
    )
    // Types and names in one list, each once: an event with two keys is one event of their type.
    const resources = new Set(entry.resources.flatMap(({ type, name }) => [type, name]))
    for (const resource of resources) this.#insertResource.run(account, region, resource, second, sequence)
  }

  #places({ account, region, attribute, from, to, after, limit }: TrailQuery): readonly Place[] {
    const [table, column] =
      attribute === undefined ? (['events', undefined] as const) : columns[attribute.name]
    const conditions = ['e.account = ?', 'e.region = ?']
    const values: (string | number)[] = [account, region]
    const add = (condition: string, ...more: (string | number)[]) => {
      conditions.push(condition)
      values.push(...more)
    }
    if (attribute !== undefined && column !== undefined) add(`e.${column} = ?`, attribute.value)
    if (from !== undefined) add('e.second >= ?', Math.floor(from / 1000))
    if (to !== undefined) add('e.second <= ?', Math.floor(to / 1000))
    if (after !== undefined) add('(e.second, e.sequence) < (?, ?)', after.second, after.sequence)
    const source = table === 'events' ? 'events e' : 'resources e JOIN events p ON p.sequence = e.sequence'
    const place = table === 'events' ? 'e' : 'p'
    const sql =
      `SELECT e.sequence, e.second, ${place}.segment, ${place}.offset, ${place}.length FROM ${source} ` +
      `WHERE ${conditions.join(' AND ')} ORDER BY e.second DESC, e.sequence DESC LIMIT ?`
    return this.#prepared(sql).all(...values, limit) as unknown as readonly Place[]
  }

  /** The line at a place, from whichever form its segment has now. */
  async #read(place: Place): Promise<string> {
    const plain = await open(segmentPath(this.#directory, place.segment), 'r').catch(() => undefined)
    if (plain === undefined) {
      const starts = await this.#blocksOf(place.segment)
      return (await readPiece(compressedPath(this.#directory, place.segment), starts, place)).toString()
    }
    try {
      const line = Buffer.alloc(place.length)
      await plain.read(line, 0, place.length, place.offset)
      return line.toString()
    } finally {
      await plain.close()
    }
  }

  async #blocksOf(segment: number): Promise<readonly number[]> {
    let starts = this.#blocks.get(segment)
    if (starts === undefined) {
      starts = await blockStarts(compressedPath(this.#directory, segment))
      this.#blocks.set(segment, starts)
    }
    return starts
  }

  #position(): { segment: number; offset: number; sequence: number } {
    const row = this.#prepared('SELECT segment, offset, sequence FROM position').get()
    return { segment: Number(row?.segment), offset: Number(row?.offset), sequence: Number(row?.sequence) }
  }

  #moveTo(segment: number, offset: number, sequence: number): void {
    this.#prepared('UPDATE position SET segment = ?, offset = ?, sequence = ?').run(segment, offset, sequence)
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

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    const found = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    if (found !== indexVersion) {
      if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) throw new Error('another form')
      database.exec(`BEGIN; ${tables} COMMIT`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** The record of a line, as it stands there. */
function recordIn(line: string): string {
  return line.slice(line.indexOf(',"record":') + ',"record":'.length, -1)
}
