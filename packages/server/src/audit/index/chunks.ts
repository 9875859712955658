import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LinePlace } from './line-reader.ts'

/** Where an event stands among the others, and where its line is. */
export interface Posting extends LinePlace {
  readonly second: number
  readonly sequence: number
}

/** Events of one word in one home that were taken in together: a row of `chunks`. */
export interface Chunk {
  /** The second of the newest. */
  readonly last: number
  readonly base: number
  readonly segment: number
  /** Four numbers for each event, newest first: second, sequence after `base`, offset, length. */
  readonly postings: Uint8Array
}

/** The seconds that a chunk spans at most, so that what is in a time can be found by where chunks end. */
const spanMost = 60

/** Events of a chunk at most: few enough that one is read in no time. */
const postingsMost = 512

const numbersEach = 4

/** The chunks of a home and a word that may hold something of some seconds. */
export const chunksSql =
  'SELECT last, base, segment, postings FROM chunks ' +
  'WHERE home = ? AND word = ? AND last BETWEEN ? AND ? AND first <= ? AND segment >= ? ORDER BY last DESC'

/** What `chunksSql` asks for: from the second `least` to `most`, in segments from `segment` on. */
export function chunkValues(
  { home, word }: { readonly home: number; readonly word: number },
  { least, most }: { readonly least: number; readonly most: number },
  segment = 0,
): readonly number[] {
  return [home, word, least, most + spanMost, most, segment]
}

/** The order in which events are told: the newest first, of one second the one recorded last. */
export function newestFirst(one: Posting, other: Posting): number {
  return other.second - one.second || other.sequence - one.sequence
}

/**
 * Takes in postings of one segment and writes them in chunks. A row for each event and each of its words would cost
 * more than everything else that is done for a call; under load a chunk has hundreds.
 */
export class ChunkWriter {
  readonly #insert: StatementSync
  /** By home and word. */
  readonly #open = new Map<number, Map<number, Posting[]>>()

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)')
  }

  add(home: number, word: number, posting: Posting): void {
    const words = this.#open.get(home) ?? new Map<number, Posting[]>()
    const postings = words.get(word) ?? []
    if (postings.length === 0) this.#open.set(home, words.set(word, postings))
    // Two resources of one event may be of one type.
    if (postings.at(-1) !== posting) postings.push(posting)
  }

  /** Writes what was taken in since the last time. */
  write(): void {
    for (const [home, words] of this.#open) {
      for (const [word, postings] of words) this.#writeWord(home, word, postings.sort(newestFirst))
    }
    this.#open.clear()
  }

  #writeWord(home: number, word: number, postings: readonly Posting[]): void {
    for (let start = 0; start < postings.length; ) {
      const last = postings[start]?.second ?? 0
      let end = start + 1
      while (end - start < postingsMost && last - (postings[end]?.second ?? Number.NaN) <= spanMost) end += 1
      this.#insertChunk(home, word, postings.slice(start, end))
      start = end
    }
  }

  #insertChunk(home: number, word: number, postings: readonly Posting[]): void {
    const [newest, oldest] = [postings[0], postings.at(-1)]
    if (newest === undefined || oldest === undefined) return
    const { base, bytes } = postingBytes(postings)
    this.#insert.run(home, word, newest.second, oldest.second, base, newest.segment, bytes)
  }
}

/** Postings of one segment as they are stored. */
export function postingBytes(postings: readonly Posting[]): {
  readonly base: number
  readonly bytes: Uint8Array
} {
  const base = postings.reduce((least, { sequence }) => Math.min(least, sequence), Number.MAX_SAFE_INTEGER)
  const numbers = new Uint32Array(postings.length * numbersEach)
  let at = 0
  for (const { second, sequence, offset, length } of postings) {
    numbers[at] = second
    numbers[at + 1] = sequence - base
    numbers[at + 2] = offset
    numbers[at + 3] = length
    at += numbersEach
  }
  return { base, bytes: new Uint8Array(numbers.buffer) }
}

/** What a chunk holds, in the order in which it was stored. */
export function postingsIn({ base, segment, postings }: Omit<Chunk, 'last'>): Posting[] {
  const numbers = new Uint32Array(postings.slice().buffer)
  return Array.from({ length: numbers.length / numbersEach }, (_, index) => {
    const [second = 0, sequence = 0, offset = 0, length = 0] = numbers.subarray(index * numbersEach)
    return { second, sequence: base + sequence, segment, offset, length }
  })
}
