import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { newestFirst, type Posting, postingBytes, postingsIn } from './chunks.ts'

/** Events that were taken in together, by their ids: a row of `event_ids` without the places. */
interface IdChunk {
  readonly id: number
  /** A number of 32 bits for each event, made from its id, in rising order. */
  readonly prints: Uint8Array
}

const insertSql = 'INSERT INTO event_ids VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)'
const chunksSql =
  'SELECT id, prints FROM event_ids WHERE home = ? AND last >= ? AND first <= ? AND segment >= ? ORDER BY last DESC'
const placesSql = 'SELECT base, segment, postings FROM event_ids WHERE id = ?'

/**
 * Takes in events of one segment by their ids and writes them in chunks. Ids are random, so a row for each would be put
 * somewhere else every time, at a price like that of all else that is done for the event.
 */
export class IdWriter {
  readonly #insert: StatementSync
  /** By home. */
  readonly #open = new Map<number, { readonly print: number; readonly posting: Posting }[]>()

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(insertSql)
  }

  add(home: number, eventId: string, posting: Posting): void {
    const events = this.#open.get(home)
    const event = { print: printOf(eventId), posting }
    if (events === undefined) this.#open.set(home, [event])
    else events.push(event)
  }

  /** Writes what was taken in since the last time. */
  write(): void {
    for (const [home, events] of this.#open) {
      events.sort((one, other) => one.print - other.print)
      const postings = events.map(({ posting }) => posting)
      const { base, bytes } = postingBytes(postings)
      const prints = new Uint8Array(Uint32Array.from(events, ({ print }) => print).buffer)
      let [last, first] = [0, Number.MAX_SAFE_INTEGER]
      for (const { second } of postings) {
        last = Math.max(last, second)
        first = Math.min(first, second)
      }
      this.#insert.run(home, last, first, base, postings[0]?.segment ?? 0, prints, bytes)
    }
    this.#open.clear()
  }
}

/**
 * Where events with such an id may be, newest first: different ids may have the same print, so whoever reads their
 * lines looks again.
 */
export function placesOfId(
  database: DatabaseSync,
  eventId: string,
  where: { readonly home: number; readonly least: number; readonly most: number; readonly segment: number },
): readonly Posting[] {
  const print = printOf(eventId)
  const places = database.prepare(placesSql)
  const chunks = database.prepare(chunksSql).iterate(where.home, where.least, where.most, where.segment)
  const found: Posting[] = []
  for (const { id, prints } of chunks as unknown as Iterable<IdChunk>) {
    const numbers = new Uint32Array(prints.buffer, prints.byteOffset, prints.byteLength / 4)
    let at = firstAtLeast(numbers, print)
    if (numbers[at] !== print) continue
    const postings = postingsIn(places.get(id) as unknown as Parameters<typeof postingsIn>[0])
    for (; numbers[at] === print; at += 1) found.push(postings[at] as Posting)
  }
  return found.sort(newestFirst)
}

/** The index of the first number that is not below another, in numbers of rising order. */
function firstAtLeast(numbers: Uint32Array, least: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** FNV-1a (draft-eastlake-fnv): not a secret and not a proof, only a number that two ids hardly ever share. */
function printOf(eventId: string): number {
  let print = 0x811c9dc5
  for (let at = 0; at < eventId.length; at += 1) print = Math.imul(print ^ eventId.charCodeAt(at), 0x01000193)
  return print >>> 0
}
