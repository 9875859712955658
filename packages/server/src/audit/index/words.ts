import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { WordKind } from './tables.ts'

/** How many numbers are kept at hand; most events say the same few words. */
const keptMost = 20_000

/** The numbers of words: each word is written once, since it is found in thousands of events. */
export class Words {
  readonly #known = new Map<string, number>()
  readonly #select: StatementSync
  readonly #insert: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT id FROM words WHERE kind = ? AND word = ?')
    this.#insert = database.prepare('INSERT INTO words (kind, word) VALUES (?, ?)')
  }

  /** The number of a word; `undefined` when no event has it. */
  find(kind: WordKind, word: string): number | undefined {
    const name = `${kind} ${word}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const stored = this.#select.get(kind, word)?.id
    if (stored === undefined) return undefined
    this.#keep(name, Number(stored))
    return Number(stored)
  }

  /** The number of a word, which it is given if it has none. */
  number(kind: WordKind, word: string): number {
    const found = this.find(kind, word)
    if (found !== undefined) return found
    const made = Number(this.#insert.run(kind, word).lastInsertRowid)
    this.#keep(`${kind} ${word}`, made)
    return made
  }

  /** Forgets what is at hand: numbers that were given in a transaction that failed are nobody's. */
  forget(): void {
    this.#known.clear()
  }

  #keep(name: string, id: number): void {
    if (this.#known.size >= keptMost) this.#known.clear()
    this.#known.set(name, id)
  }
}
