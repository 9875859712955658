import { hash } from 'node:crypto'
import { invariant } from './invariant.ts'

/** Words of 4 bytes: the lock first. What follows is aligned for numbers of 8 bytes. */
const headBytes = 64
/** 16 bytes of a name's hash, two numbers of 8 bytes. */
const rowBytes = 32
const rowWords = rowBytes / 4
const rowNumbers = rowBytes / 8

/** How far from its place by its hash a row may lie. */
const reachMost = 64

/** How long a thread waits before it looks again whether the lock is free, should nobody wake it. */
const lockMs = 50

/** A row: two numbers, kept under a name. */
export interface Row {
  first: number
  second: number
}

/**
 * A table in memory that several threads share: two numbers by name. What one thread puts, the others find at once,
 * and nobody waits for anybody but for the microseconds in which it is read and put. It never grows: when there is no
 * room near a name's place, a row that may be given up makes room.
 *
 * Names are kept as 128 bits of their SHA-256: nobody finds two that are the same.
 */
export class SharedTable {
  readonly #lock: Int32Array
  readonly #names: Int32Array
  readonly #numbers: Float64Array
  readonly #rows: number
  readonly #reach: number
  readonly #thread: number

  /** Memory for a table of so many rows, which threads are given to make a table of. */
  static memory(rows: number): SharedArrayBuffer {
    return new SharedArrayBuffer(headBytes + rows * rowBytes)
  }

  /** @param thread a number above zero that no other thread of the table has */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#lock = new Int32Array(memory, 0, 1)
    this.#names = new Int32Array(memory, headBytes)
    this.#numbers = new Float64Array(memory, headBytes)
    this.#rows = this.#names.length / rowWords
    this.#reach = Math.min(reachMost, this.#rows)
    this.#thread = thread
  }

  /** Does something while no other thread does anything with the table. Must not be begun anew inside. */
  alone<Result>(work: () => Result): Result {
    for (;;) {
      const holder = Atomics.compareExchange(this.#lock, 0, 0, this.#thread)
      if (holder === 0) break
      invariant(holder !== this.#thread, 'a thread takes the lock of a table once')
      Atomics.wait(this.#lock, 0, holder, lockMs)
    }
    try {
      return work()
    } finally {
      this.release(this.#thread)
    }
  }

  /** Gives back the lock of a thread that has ended, should it have ended with it. */
  release(thread: number): void {
    Atomics.compareExchange(this.#lock, 0, thread, 0)
    Atomics.notify(this.#lock, 0, 1)
  }

  find(name: string): Row | undefined {
    const wanted = hashOf(name)
    const at = this.#place(wanted)
    return at === undefined ? undefined : this.#read(at)
  }

  /**
   * Puts a row in place of the one of that name, or of one that is of no use any more: of those the one whose second
   * number is lowest.
   *
   * @param mayGo whether a row is of no use any more
   * @returns whether there was room
   */
  put(name: string, row: Row, mayGo: (row: Row) => boolean): boolean {
    const wanted = hashOf(name)
    const at = this.#place(wanted) ?? this.#room(wanted, mayGo)
    if (at === undefined) return false
    this.#names.set(wanted, at * rowWords)
    this.#numbers[at * rowNumbers + 2] = row.first
    this.#numbers[at * rowNumbers + 3] = row.second
    return true
  }

  /** Where a name is. Rows are never emptied, so behind an empty one there is nothing. */
  #place(wanted: Int32Array): number | undefined {
    for (let step = 0; step < this.#reach; step += 1) {
      const at = this.#at(wanted, step)
      if (this.#isNamed(at, wanted)) return at
      if (this.#isEmpty(at)) return undefined
    }
    return undefined
  }

  #room(wanted: Int32Array, mayGo: (row: Row) => boolean): number | undefined {
    let oldest: number | undefined
    let lowest = Number.POSITIVE_INFINITY
    for (let step = 0; step < this.#reach; step += 1) {
      const at = this.#at(wanted, step)
      if (this.#isEmpty(at)) return oldest ?? at
      const row = this.#read(at)
      if (row.second >= lowest || !mayGo(row)) continue
      oldest = at
      lowest = row.second
    }
    return oldest
  }

  /** The rows that a name may be in, from the one its hash says. */
  #at([start = 0]: Int32Array, step: number): number {
    return ((start >>> 0) + step) % this.#rows
  }

  #isEmpty(at: number): boolean {
    return this.#names.subarray(at * rowWords, at * rowWords + 4).every((word) => word === 0)
  }

  #isNamed(at: number, wanted: Int32Array): boolean {
    return wanted.every((word, index) => this.#names[at * rowWords + index] === word)
  }

  #read(at: number): Row {
    const [first = 0, second = 0] = this.#numbers.subarray(at * rowNumbers + 2, at * rowNumbers + 4)
    return { first, second }
  }
}

function hashOf(name: string): Int32Array {
  const bytes = hash('sha256', name, 'buffer')
  return Int32Array.from({ length: 4 }, (_, index) => bytes.readInt32LE(index * 4))
}
