import type { IndexOf, KeyOf, Kind, Part, ValueOf } from './kinds.ts'

export type { IndexOf, KeyOf, Kind, Part, ValueOf } from './kinds.ts'

/** A value as it was read. Its version is the number of the commit that wrote it, so no version comes twice. */
export interface Stored<V> {
  readonly value: V
  readonly version: number
}

/** Which values of a kind, and in what order: by key, or by an index and then by key. */
export interface Selection<K extends Kind> {
  readonly index?: IndexOf<K>
  /** What the first columns of the key or index must be. Empty means everything. */
  readonly prefix: readonly Part[]
  /** The column behind the prefix is at most this: what is due by now. */
  readonly upTo?: Part
}

export interface Query<K extends Kind> extends Selection<K> {
  /** Only what comes behind this position, as `positionOf` tells it of the last value of the page before. */
  readonly after?: readonly Part[]
  readonly limit: number
}

/** One thing a commit does. A commit names every value at most once. */
export type Change = { [K in Kind]: Put<K> | Remove<K> | Unmoved<K> }[Kind]

/** Stores a value in place of whatever had its key. */
export interface Put<K extends Kind> {
  readonly put: K
  readonly value: ValueOf<K>
  /** The version it replaces, or that there is nothing to replace. Without it, last writer wins. */
  readonly expected?: number | 'absent'
}

/** Takes a value away. Without an expected version, its being gone already is fine. */
export interface Remove<K extends Kind> {
  readonly remove: K
  readonly key: KeyOf<K>
  readonly expected?: number
}

/** Changes nothing: holds the rest of the commit to something it was decided by. */
export interface Unmoved<K extends Kind> {
  readonly unmoved: K
  readonly key: KeyOf<K>
  readonly expected: number | 'absent'
}

/**
 * Where everything but the audit journal is kept. Values go in and come out as values: what `find` gives is a
 * fresh copy and nobody else's. Text in keys and indexes compares by its UTF-8 bytes, case and all.
 */
export interface Store {
  /** The value with this key as of the last commit, or `undefined`: also for a key that cannot be anybody's. */
  find<K extends Kind>(kind: K, key: KeyOf<K>): Promise<Stored<ValueOf<K>> | undefined>

  /** What the query selects, in order, at most `limit`. One call sees one moment; two pages may see two. */
  list<K extends Kind>(kind: K, query: Query<K>): Promise<readonly Stored<ValueOf<K>>[]>

  /** How many `list` would give without a limit. */
  count<K extends Kind>(kind: K, selection: Selection<K>): Promise<number>

  /**
   * Makes all of the changes or none, and resolves when they would survive a power failure. Removals come first,
   * so that a name may move from one value to another.
   *
   * @throws VersionMoved when an expected version is not the present one, or a unique index has the entry
   */
  commit(changes: readonly Change[]): Promise<void>

  /**
   * Advanced by every commit that changes anything, in its own transaction. Whoever sees the number it saw before
   * may go on with what it read then. Cheap enough to ask on every request.
   */
  changeNumber(): Promise<number>

  /** Waits for what is under way and lets go. Using a store afterwards is a bug. */
  close(): Promise<void>
}

/** Somebody else was faster: read again and decide again, or tell the caller. Nothing has been changed. */
export class VersionMoved extends Error {
  override readonly name = 'VersionMoved'
  readonly kind: Kind

  constructor(kind: Kind) {
    super(`the stored ${kind} is not what this change was decided by`)
    this.kind = kind
  }
}
