import { LRUCache } from 'lru-cache'
import type { SharedTable } from '../base/shared-table.ts'

/** Wrong codes in a row after which none is taken for a while: a million codes are soon tried otherwise. */
const guessesMost = 5
const pauseMs = 60_000

/** How many wrong codes were shown in a row, and when the last of them. */
interface Guesses {
  readonly wrong: number
  readonly lastAt: number
}

const noGuesses: Guesses = { wrong: 0, lastAt: 0 }

/** Where guesses are kept, by device. */
interface KeptGuesses {
  find(serialNumber: string): Guesses | undefined
  /** Nobody else reads or changes them between what is given and what is made of it. */
  change(serialNumber: string, now: number, change: (before: Guesses | undefined) => Guesses): void
}

/** Wrong one-time codes, by device. In memory: who can restart the service needs no code. */
export class CodeGuesses {
  readonly #kept: KeptGuesses

  constructor(kept: KeptGuesses = new OwnGuesses()) {
    this.#kept = kept
  }

  /** Whether a code of this device is looked at now. */
  mayTry(serialNumber: string, now: number): boolean {
    const { wrong, lastAt } = this.#kept.find(serialNumber) ?? noGuesses
    return wrong < guessesMost || now - lastAt >= pauseMs
  }

  noteWrong(serialNumber: string, now: number): void {
    this.#kept.change(serialNumber, now, (before) => {
      const { wrong, lastAt } = before ?? { wrong: 0, lastAt: now }
      const isNew = wrong >= guessesMost && now - lastAt >= pauseMs
      return { wrong: isNew ? 1 : wrong + 1, lastAt: now }
    })
  }

  noteRight(serialNumber: string): void {
    this.#kept.change(serialNumber, 0, () => noGuesses)
  }
}

/** Those of a service that is one thread. */
class OwnGuesses implements KeptGuesses {
  readonly #byDevice = new LRUCache<string, Guesses>({ max: 10_000 })

  find(serialNumber: string): Guesses | undefined {
    return this.#byDevice.get(serialNumber)
  }

  change(serialNumber: string, _now: number, change: (before: Guesses | undefined) => Guesses): void {
    this.#byDevice.set(serialNumber, change(this.#byDevice.get(serialNumber)))
  }
}

/** Rows of a table for `SharedGuesses`. */
export const sharedGuessesMost = 1 << 14

/**
 * Those of a service whose threads count together. Between asking whether a code may be tried and noting that it was
 * wrong, each other thread may have begun with one more.
 */
export class SharedGuesses implements KeptGuesses {
  readonly #table: SharedTable

  constructor(table: SharedTable) {
    this.#table = table
  }

  find(serialNumber: string): Guesses | undefined {
    return this.#table.alone(() => this.#read(serialNumber))
  }

  change(serialNumber: string, now: number, change: (before: Guesses | undefined) => Guesses): void {
    this.#table.alone(() => {
      const { wrong, lastAt } = change(this.#read(serialNumber))
      // Of no use any more is what would not be held against anybody; with no room for it, a guess goes uncounted.
      const mayGo = (row: { first: number; second: number }) => row.first === 0 || now - row.second >= pauseMs
      this.#table.put(serialNumber, { first: wrong, second: lastAt }, mayGo)
    })
  }

  #read(serialNumber: string): Guesses | undefined {
    const row = this.#table.find(serialNumber)
    return row && { wrong: row.first, lastAt: row.second }
  }
}
