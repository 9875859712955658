import { LRUCache } from 'lru-cache'

/** Wrong codes in a row after which none is taken for a while: a million codes are soon tried otherwise. */
const guessesMost = 5
const pauseMs = 60_000

interface Guesses {
  readonly wrong: number
  readonly lastAt: number
}

/** Wrong one-time codes, by device. In memory: who can restart the service needs no code. */
export class CodeGuesses {
  readonly #byDevice = new LRUCache<string, Guesses>({ max: 10_000 })

  /** Whether a code of this device is looked at now. */
  mayTry(serialNumber: string, now: number): boolean {
    const { wrong, lastAt } = this.#byDevice.get(serialNumber) ?? { wrong: 0, lastAt: 0 }
    return wrong < guessesMost || now - lastAt >= pauseMs
  }

  noteWrong(serialNumber: string, now: number): void {
    const { wrong, lastAt } = this.#byDevice.get(serialNumber) ?? { wrong: 0, lastAt: now }
    const isNew = wrong >= guessesMost && now - lastAt >= pauseMs
    this.#byDevice.set(serialNumber, { wrong: isNew ? 1 : wrong + 1, lastAt: now })
  }

  noteRight(serialNumber: string): void {
    this.#byDevice.delete(serialNumber)
  }
}
