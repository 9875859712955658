import type { Change, KeyOf, Kind, Stored, ValueOf } from '../storage/store.ts'

/** What one call wants written: gathered while it is handled, committed in one transaction or not at all. */
export class Changes {
  readonly #list: Change[] = []

  /** Something new; refused at commit when a thing with its key is there already. */
  add<K extends Kind>(kind: K, value: ValueOf<K>): void {
    this.#list.push({ put: kind, value, expected: 'absent' } as Change)
  }

  /** A new value in the place of what was read; refused at commit when that has moved since. */
  replace<K extends Kind>(kind: K, read: Stored<ValueOf<K>>, value: ValueOf<K>): void {
    this.#list.push({ put: kind, value, expected: read.version } as Change)
  }

  /** Takes away what was read; refused at commit when that has moved since. */
  remove<K extends Kind>(kind: K, key: KeyOf<K>, expected?: number): void {
    this.#list.push(
      (expected === undefined ? { remove: kind, key } : { remove: kind, key, expected }) as Change,
    )
  }

  /** Holds the commit to something it was decided by and does not change: the key that a grant is for. */
  hold<K extends Kind>(kind: K, key: KeyOf<K>, expected: number | 'absent'): void {
    this.#list.push({ unmoved: kind, key, expected } as Change)
  }

  get list(): readonly Change[] {
    return this.#list
  }
}
