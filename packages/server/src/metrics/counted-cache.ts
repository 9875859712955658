import { LRUCache } from 'lru-cache'

/** How well something kept ready serves, as it is read when somebody asks. */
export interface CacheReading {
  readonly name: string
  readonly hits: number
  readonly misses: number
  /** How many are kept; absent where what is kept is part of something else. */
  readonly size: number | undefined
}

/** How often something was there when it was looked for, where what is kept is no `CountedCache`. */
export class LookUps {
  hits = 0
  misses = 0
}

/** What is kept ready, the least recently used let go of first; counts how often it was there. */
export class CountedCache<K extends string, V extends object> {
  readonly #name: string
  readonly #kept: LRUCache<K, V>
  #hits = 0
  #misses = 0

  constructor(name: string, most: number) {
    this.#name = name
    this.#kept = new LRUCache<K, V>({ max: most })
  }

  get(key: K): V | undefined {
    const value = this.#kept.get(key)
    if (value === undefined) this.#misses += 1
    else this.#hits += 1
    return value
  }

  set(key: K, value: V): void {
    this.#kept.set(key, value)
  }

  delete(key: K): void {
    this.#kept.delete(key)
  }

  clear(): void {
    this.#kept.clear()
  }

  entries(): Iterable<[K, V]> {
    return this.#kept.entries() as Iterable<[K, V]>
  }

  reading(): CacheReading {
    return { name: this.#name, hits: this.#hits, misses: this.#misses, size: this.#kept.size }
  }
}
