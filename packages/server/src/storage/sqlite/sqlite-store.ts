import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { jsonValue } from '@claviger/policy'
import { invariant } from '../../base/invariant.ts'
import { isStorable, type Layout, orderOf } from '../layout.ts'
import {
  type Change,
  type KeyOf,
  type Kind,
  type Part,
  type Put,
  type Query,
  type Selection,
  type Store,
  type Stored,
  type ValueOf,
  VersionMoved,
} from '../store.ts'
import { type KindStatements, prepareKind, prepareSelection } from './statements.ts'

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE: somebody has the key, or the entry in an index. */
const takenCodes: readonly unknown[] = [1555, 2067]

/**
 * A store in one SQLite database. SQLite does its work on the calling thread; behind an interface of promises
 * that is a matter of this file alone. No method waits in the middle, so calls never see each other half done.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #statements = new Map<Kind, KindStatements>()
  readonly #dataVersion: StatementSync
  readonly #readNumber: StatementSync
  readonly #advance: StatementSync
  /** The change number, and SQLite's own sign that another connection has committed since it was read. */
  #seen: { dataVersion: unknown; number: number } | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#dataVersion = database.prepare('PRAGMA data_version', { returnArrays: true })
    this.#readNumber = database.prepare('SELECT number FROM change_number', { returnArrays: true })
    this.#advance = database.prepare('UPDATE change_number SET number = number + 1 RETURNING number', {
      returnArrays: true,
    })
  }

  async find<K extends Kind>(kind: K, key: KeyOf<K>): Promise<Stored<ValueOf<K>> | undefined> {
    const parts: readonly string[] = key
    const statements = this.#of(kind)
    invariant(parts.length === statements.layout.key.columns.length, 'a key has all its parts')
    if (!parts.every(isStorable)) return undefined
    const row = statements.find.get(...parts) as unknown
    return row === undefined ? undefined : stored<ValueOf<K>>(row)
  }

  async list<K extends Kind>(kind: K, query: Query<K>): Promise<readonly Stored<ValueOf<K>>[]> {
    const parameters = parametersOf(query)
    if (!parameters.every(isStorable)) return []
    const rows = this.#selection(kind, query, false).all(...parameters, query.limit) as unknown[]
    return rows.map((row) => stored<ValueOf<K>>(row))
  }

  async count<K extends Kind>(kind: K, selection: Selection<K>): Promise<number> {
    const parameters = parametersOf(selection)
    if (!parameters.every(isStorable)) return 0
    const [count] = this.#selection(kind, selection, true).get(...parameters) as unknown as [number]
    return count
  }

  async commit(changes: readonly Change[]): Promise<void> {
    requireDistinct(changes.map((change) => this.#nameOf(change)))
    if (changes.length === 0) return
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const number = changes.every((change) => 'unmoved' in change) ? undefined : firstNumber(this.#advance)
      for (const change of changes) if ('unmoved' in change) this.#requireUnmoved(change)
      for (const change of changes) if ('remove' in change) this.#remove(change)
      for (const change of changes) if ('put' in change && number !== undefined) this.#put(change, number)
      this.#database.exec('COMMIT')
      if (number !== undefined && this.#seen !== undefined) this.#seen.number = number
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw cause
    }
  }

  async changeNumber(): Promise<number> {
    const dataVersion = firstNumber(this.#dataVersion)
    if (this.#seen?.dataVersion !== dataVersion) {
      this.#seen = { dataVersion, number: firstNumber(this.#readNumber) }
    }
    return this.#seen.number
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #of(kind: Kind): KindStatements {
    const known = this.#statements.get(kind)
    if (known !== undefined) return known
    const made = prepareKind(this.#database, kind)
    this.#statements.set(kind, made)
    return made
  }

  #selection(kind: Kind, selection: AnySelection, counts: boolean) {
    const { index, prefix, upTo, after } = selection
    return prepareSelection(this.#database, this.#of(kind), { index, prefix, upTo, after, counts })
  }

  #nameOf(change: Change): string {
    if (!('put' in change)) {
      return JSON.stringify(['remove' in change ? change.remove : change.unmoved, ...change.key])
    }
    return JSON.stringify([change.put, ...keyOf(this.#of(change.put).layout, change.value)])
  }

  #requireUnmoved(change: Extract<Change, { unmoved: Kind }>): void {
    const row = this.#of(change.unmoved).find.get(...change.key) as unknown as [number] | undefined
    if ((row?.[0] ?? 'absent') !== change.expected) throw new VersionMoved(change.unmoved)
  }

  #remove(change: Extract<Change, { remove: Kind }>): void {
    const { remove, removeVersion } = this.#of(change.remove)
    if (change.expected === undefined) {
      remove.run(...change.key)
      return
    }
    const { changes } = removeVersion.run(...change.key, change.expected)
    if (changes !== 1) throw new VersionMoved(change.remove)
  }

  #put(change: Put<Kind>, number: number): void {
    const { layout, add, put, replace } = this.#of(change.put)
    const parts = layout.columns.map((column) => column.of(change.value) ?? null)
    invariant(
      parts.every((part) => part === null || isStorable(part)),
      'what becomes a column has a form in every backend',
    )
    const row = [number, JSON.stringify(change.value), ...parts]
    try {
      if (change.expected === 'absent') add.run(...row)
      else if (change.expected === undefined) put.run(...row)
      else {
        const { changes } = replace.run(...row, ...keyOf(layout, change.value), change.expected)
        if (changes !== 1) throw new VersionMoved(change.put)
      }
    } catch (cause) {
      if (isTaken(cause)) throw new VersionMoved(change.put)
      throw cause
    }
  }
}

function stored<V>(row: unknown): Stored<V> {
  const [version, body] = row as [number, string]
  return { value: jsonValue(body) as V, version }
}

function firstNumber(statement: StatementSync): number {
  const [number] = statement.get() as unknown as [number]
  return number
}

/** What selections of every kind have; which index of which kind it is matters to the compiler alone. */
interface AnySelection {
  readonly index?: string
  readonly prefix: readonly Part[]
  readonly upTo?: Part
  readonly after?: readonly Part[]
}

function parametersOf({ prefix, upTo, after = [] }: AnySelection): Part[] {
  return [...prefix, ...(upTo === undefined ? [] : [upTo]), ...after]
}

function keyOf({ kind }: Layout, value: unknown): Part[] {
  return orderOf(kind, undefined).columns.map((column) => {
    const part = column.of(value)
    invariant(part !== undefined, 'a value has all the parts of its key')
    return part
  })
}

/** Two changes of one value would make the outcome depend on their order, which backends may choose. */
function requireDistinct(names: readonly string[]): void {
  invariant(new Set(names).size === names.length, 'a commit names every value at most once')
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && takenCodes.includes(cause.errcode)
}
