import { positionOf } from '../storage/layout.ts'
import type { Change, KeyOf, Kind, Stored, ValueOf } from '../storage/store.ts'

/** What one call wants written: gathered while it is handled, committed in one transaction or not at all. */
export class Changes {
  readonly #list: Change[] = []
  readonly #named = new Set<string>()

  /** Something new; refused at commit when a thing with its key is there already. */
  add<K extends Kind>(kind: K, value: ValueOf<K>): void {
    this.#put(kind, value, 'absent')
  }

  /** A new value in the place of what was read; refused at commit when that has moved since. */
  replace<K extends Kind>(kind: K, read: Stored<ValueOf<K>>, value: ValueOf<K>): void {
    this.#put(kind, value, read.version)
  }

  /** Takes away what was read; refused at commit when that has moved since. */
  remove<K extends Kind>(kind: K, key: KeyOf<K>, expected?: number): void {
    this.#named.add(nameOf(kind, key))
    this.#list.push(
      (expected === undefined ? { remove: kind, key } : { remove: kind, key, expected }) as Change,
    )
  }

  /** Changes that were worked out elsewhere. */
  include(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#named.add(nameOfChange(change))
      this.#list.push(change)
    }
  }

  /** Holds the commit to something it was decided by; what it changes anyway is held to its version already. */
  hold<K extends Kind>(kind: K, key: KeyOf<K>, expected: number): void {
    if (this.#named.has(nameOf(kind, key))) return
    this.#named.add(nameOf(kind, key))
    this.#list.push({ unmoved: kind, key, expected } as Change)
  }

  #put<K extends Kind>(kind: K, value: ValueOf<K>, expected: number | 'absent'): void {
    this.#named.add(nameOf(kind, positionOf(kind, value)))
    this.#list.push({ put: kind, value, expected } as Change)
  }

  get list(): readonly Change[] {
    return this.#list
  }
}

function nameOfChange(change: Change): string {
  if ('put' in change) return nameOf(change.put, positionOf(change.put, change.value))
  return 'remove' in change ? nameOf(change.remove, change.key) : nameOf(change.unmoved, change.key)
}

function nameOf(kind: Kind, key: readonly (string | number)[]): string {
  return `${kind} ${key.join(' ')}`
}
