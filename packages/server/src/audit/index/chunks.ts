import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LinePlace } from './line-reader.ts'

/** Where an event stands among the others, and where its line is. */
export interface Posting extends LinePlace {
  readonly second: number
  readonly sequence: number
}

/** Events of one word in one home that were taken in together: a row of `chunks`. */
export interface Chunk {
  readonly first: number
  readonly last: number
  readonly base: number
  readonly segment: number
  /** Four numbers for each event, newest first: second, sequence after `base`, offset, length. */
  readonly postings: Uint8Array
}

/** The seconds that a chunk spans at most, so that what is in a time can be found by where chunks end. */
export const spanMost = 60

/** Events of a chunk at most: few enough that one is read in no time. */
const postingsMost = 512

const numbersEach = 4

/**
 * Takes in postings of one segment and writes them in chunks. A row for each event and each of its words would cost
 * more than everything else that is done for a call; under load a chunk has hundreds.
 */
export class ChunkWriter {
  readonly #segment: number
  readonly #insert: StatementSync
  /** By home and word: four numbers for each event. */
  readonly #open = new Map<number, Map<number, number[]>>()

  constructor(database: DatabaseSync, segment: number) {
    this.#segment = segment
    this.#insert = database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)')
  }

  add(home: number, word: number, { second, sequence, offset, length }: Posting): void {
    const numbers = this.#numbersOf(home, word)
    // Two resources of one event may be of one type.
    if (numbers.at(-3) !== sequence) numbers.push(second, sequence, offset, length)
  }

  /** Writes what was taken in since the last time. */
  write(): void {
    for (const [home, words] of this.#open) {
      for (const [word, numbers] of words) this.#writeWord(home, word, numbers)
    }
    this.#open.clear()
  }

  #numbersOf(home: number, word: number): number[] {
    const words = this.#open.get(home) ?? new Map<number, number[]>()
    const numbers = words.get(word) ?? []
    if (numbers.length === 0) this.#open.set(home, words.set(word, numbers))
    return numbers
  }

  #writeWord(home: number, word: number, numbers: readonly number[]): void {
    const postings = Array.from({ length: numbers.length / numbersEach }, (_, index) =>
      numbers.slice(index * numbersEach, (index + 1) * numbersEach),
    ).sort(newestFirst)
    while (postings.length > 0) {
      const [last = 0] = postings[0] ?? []
      const end = postings.findIndex(([second = 0], at) => at === postingsMost || last - second > spanMost)
      this.#insertChunk(home, word, postings.splice(0, end === -1 ? postings.length : end))
    }
  }

  #insertChunk(home: number, word: number, postings: readonly (readonly number[])[]): void {
    const base = postings.reduce(
      (least, [, sequence = 0]) => Math.min(least, sequence),
      Number.MAX_SAFE_INTEGER,
    )
    const [first = 0] = postings.at(-1) ?? []
    const [last = 0] = postings[0] ?? []
    const bytes = Uint32Array.from(
      postings.flatMap(([second = 0, sequence = 0, offset = 0, length = 0]) => [
        second,
        sequence - base,
        offset,
        length,
      ]),
    )
    this.#insert.run(home, word, last, first, base, this.#segment, new Uint8Array(bytes.buffer))
  }
}

const newestFirst = (
  [second = 0, sequence = 0]: readonly number[],
  [otherSecond = 0, otherSequence = 0]: readonly number[],
) => otherSecond - second || otherSequence - sequence

/** What a chunk holds, newest first. */
export function* postingsOf({ base, segment, postings }: Chunk): Generator<Posting, void> {
  const numbers = new Uint32Array(postings.slice().buffer)
  for (let at = 0; at < numbers.length; at += numbersEach) {
    const [second = 0, sequence = 0, offset = 0, length = 0] = numbers.subarray(at, at + numbersEach)
    yield { second, sequence: base + sequence, segment, offset, length }
  }
}
