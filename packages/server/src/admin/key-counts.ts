import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import { keySpecs } from '../keys/key-spec.ts'
import { type KeyState, keyStates } from '../keys/key-state.ts'
import type { KeySpec } from '../protocol/models/kms.ts'
import type { Store } from '../storage/store.ts'

/** So many keys of a spec in a state. */
export interface KeyCount {
  readonly state: KeyState
  readonly keySpec: KeySpec
  readonly count: number
}

/** How long a count serves: it reads an entry of an index per key, and scrapes come every few seconds. */
const keptMs = 60_000

/** How many keys there are, as the store has them: counted anew at most once a minute, and only after a change. */
export class KeyCounts {
  readonly #store: Store
  readonly #clock: Clock
  #counted: { readonly at: number; readonly changeNumber: number } | undefined
  #counts: Promise<readonly KeyCount[]> | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  async read(): Promise<readonly KeyCount[]> {
    const changeNumber = await this.#store.changeNumber()
    const at = this.#clock.now()
    const isSame = this.#counted?.changeNumber === changeNumber
    const isCurrent = isSame || (this.#counted !== undefined && Math.abs(at - this.#counted.at) < keptMs)
    // What nobody has changed since is as good as counted now.
    if (isSame || !isCurrent) this.#counted = { at, changeNumber }
    if (this.#counts === undefined || !isCurrent) {
      this.#counts = this.#count()
      this.#counts.catch(() => {
        this.#counts = undefined
      })
    }
    return this.#counts
  }

  /** One question at a time, with a turn of the loop between two: a large store must not hold up calls. */
  async #count(): Promise<readonly KeyCount[]> {
    const counts: KeyCount[] = []
    for (const state of keyStates) {
      let left = await this.#countOf(state)
      for (const keySpec of left > 0 ? keySpecs : []) {
        if (left === 0) break
        await setImmediate()
        const count = await this.#countOf(state, keySpec)
        if (count > 0) counts.push({ state, keySpec, count })
        left -= count
      }
    }
    return counts
  }

  #countOf(...prefix: readonly [KeyState, KeySpec?]): Promise<number> {
    return this.#store.count('key', { index: 'state', prefix: prefix as readonly string[] })
  }
}
