import type { EventRecord } from '../audit/ledger.ts'
import type { Chance } from '../base/chance.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Key } from '../keys/key.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Change, Stored } from '../storage/store.ts'

/** What things that happen by themselves are done with. */
export interface DueParts {
  readonly catalog: Catalog
  readonly safe: Safe
  readonly chance: Chance
}

/** One thing that a key does by itself when its moment has come, as told by `keys/due.ts`. */
export interface DueRule {
  /**
   * The changes that do it, and the events that go into the journal with them; AWS records none for some.
   * After them the same thing must not be due any more.
   *
   * @param at the moment it was due, which may be long ago: the process need not have been up
   */
  perform(key: Stored<Key>, at: number, parts: DueParts & { readonly now: number }): Promise<DueWork>
}

export interface DueWork {
  readonly changes: readonly Change[]
  readonly events?: readonly EventRecord[]
}
