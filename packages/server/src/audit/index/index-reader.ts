import type { DatabaseSync } from 'node:sqlite'
import { blockStartsSync } from '../file/blocks.ts'
import type { JournalPlace } from '../file/lines-from.ts'
import { compressedPath } from '../file/segments.ts'
import { type Chunk, chunksSql, chunkValues, postingsIn } from './chunks.ts'
import { type LinePlace, LineReader } from './line-reader.ts'
import { openTablesToRead, type WordKind } from './tables.ts'

/** What to look up: events that have one of some words, of all accounts and Regions. */
export interface WordQuery {
  readonly kinds: readonly WordKind[]
  /** Which of the words that there are. */
  readonly matches: (word: string) => boolean
  /** Milliseconds since the epoch, both included. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** How many places are worth looking up one by one; where there are more, reading everything is no slower. */
const placesMost = 20_000

/**
 * An index that somebody else may be keeping at this moment, as it was when it was opened: for whoever searches the
 * files without the service.
 */
export class IndexReader {
  /** Lines behind this place are not in the index yet. */
  readonly reached: JournalPlace
  readonly #database: DatabaseSync
  readonly #directory: string
  readonly #starts = new Map<number, readonly number[]>()

  private constructor(database: DatabaseSync, directory: string) {
    // One moment for all that is asked: the place that was reached belongs to the events that are found.
    database.exec('BEGIN')
    const row = database.prepare('SELECT segment, offset FROM position').get()
    this.reached = { segment: Number(row?.segment), offset: Number(row?.offset) }
    this.#database = database
    this.#directory = directory
  }

  /** Opens the index at `path` of the journal in `directory`; nothing when there is none that can be read. */
  static open(path: string, directory: string): IndexReader | undefined {
    const database = openTablesToRead(path)
    if (database === undefined) return undefined
    try {
      return new IndexReader(database, directory)
    } catch {
      // In the middle of being made anew: the journal is read instead.
      database.close()
      return undefined
    }
  }

  /** Where the lines of such events are, oldest first; nothing when they are too many to be looked up. */
  find({
    kinds,
    matches,
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
  }: WordQuery): readonly LinePlace[] | undefined {
    const homes = this.#words('Home', () => true)
    const select = this.#database.prepare(chunksSql)
    const [least, most] = [Math.floor(from / 1000), Math.floor(to / 1000)]
    const bySequence = new Map<number, LinePlace>()
    for (const word of kinds.flatMap((kind) => this.#words(kind, matches))) {
      for (const home of homes) {
        for (const chunk of select.iterate(...chunkValues({ home, word }, { least, most }))) {
          for (const posting of postingsIn(chunk as unknown as Chunk)) {
            if (posting.second >= least && posting.second <= most) bySequence.set(posting.sequence, posting)
          }
          if (bySequence.size > placesMost) return undefined
        }
      }
    }
    return [...bySequence].toSorted(([one], [other]) => one - other).map(([, place]) => place)
  }

  /** The line at each of some places; those whose file is gone are left out. */
  *lines(places: Iterable<LinePlace>): Generator<string, void> {
    const reader = new LineReader(this.#directory, (segment) => this.#startsOf(segment))
    try {
      for (const place of places) {
        const line = reader.read(place)
        if (line !== undefined) yield line
      }
    } finally {
      reader.close()
    }
  }

  close(): void {
    this.#database.close()
  }

  #words(kind: WordKind, matches: (word: string) => boolean): readonly number[] {
    const ids: number[] = []
    for (const { id, word } of this.#database
      .prepare('SELECT id, word FROM words WHERE kind = ?')
      .iterate(kind)) {
      if (matches(String(word))) ids.push(Number(id))
    }
    return ids
  }

  #startsOf(segment: number): readonly number[] {
    let starts = this.#starts.get(segment)
    if (starts === undefined) {
      starts = blockStartsSync(compressedPath(this.#directory, segment))
      this.#starts.set(segment, starts)
    }
    return starts
  }
}
