import { LRUCache } from 'lru-cache'
import type { LastUse } from '../identity/last-use.ts'
import type { Change, Store } from '../storage/store.ts'

/** Things whose last use is kept in memory once it is written; what is beyond is read again. */
const keptMost = 20_000

/** How exact it is: whatever is used again within this is not noted anew. */
const toleranceMs = 60_000

/** Whoever knows when access keys and roles were last used. */
export interface Uses {
  note(use: LastUse): void
  find(id: string): Promise<LastUse | undefined>
  /** Writes what was noted since the last time. What cannot be written now is tried again. */
  write(): Promise<void>
}

/** Whether a use says more than the one that was noted last. */
export function isNews(use: LastUse, noted: LastUse | undefined): boolean {
  const isSame = noted?.service === use.service && noted.region === use.region
  return !isSame || use.at - noted.at >= toleranceMs
}

/**
 * When access keys and roles were last used. Noted in memory, so that it costs a call nothing, and written now and
 * then: after a crash the newest uses are forgotten, as nothing else is.
 */
export class LastUses implements Uses {
  readonly #store: Store
  readonly #commit: (changes: readonly Change[]) => Promise<void>
  readonly #noted = new LRUCache<string, LastUse>({ max: keptMost })
  #unwritten = new Map<string, LastUse>()

  constructor(store: Store, commit: (changes: readonly Change[]) => Promise<void>) {
    this.#store = store
    this.#commit = commit
  }

  note(use: LastUse): void {
    if (!isNews(use, this.#noted.get(use.id))) return
    this.#noted.set(use.id, use)
    this.#unwritten.set(use.id, use)
  }

  async find(id: string): Promise<LastUse | undefined> {
    return this.#noted.get(id) ?? (await this.#store.find('lastUse', [id]))?.value
  }

  async write(): Promise<void> {
    const uses = this.#unwritten
    if (uses.size === 0) return
    this.#unwritten = new Map()
    try {
      await this.#commit([...uses.values()].map((value): Change => ({ put: 'lastUse', value })))
    } catch (error) {
      this.#unwritten = new Map([...uses, ...this.#unwritten])
      throw error
    }
  }
}
