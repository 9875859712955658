import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { invariant } from '../../base/invariant.ts'
import type { Kind, Part } from '../kinds.ts'
import { type Column, type Layout, layoutOf, orderOf } from '../layout.ts'

/** The SQL of one kind, prepared once. Version and body stand first in every row that is read. */
export interface KindStatements {
  readonly layout: Layout
  readonly find: StatementSync
  /** Fails on the primary key when there is a row already. */
  readonly add: StatementSync
  readonly put: StatementSync
  /** Touches no row when the version is another. */
  readonly replace: StatementSync
  readonly remove: StatementSync
  readonly removeVersion: StatementSync
  /** Lists and counts, by the shape of their question. */
  readonly selections: Map<string, StatementSync>
}

export function prepareKind(database: DatabaseSync, kind: Kind): KindStatements {
  const layout = layoutOf(kind)
  const { table, columns } = layout
  const names = columns.map(({ column }) => column)
  const keyIs = layout.key.columns.map(({ column }) => `${column} = ?`).join(' AND ')
  const keyNames = layout.key.columns.map(({ column }) => column)
  const insert =
    `INSERT INTO ${table} (version, body, ${names.join(', ')}) ` +
    `VALUES (?, ?, ${names.map(() => '?').join(', ')})`
  const assign = (value: (name: string) => string) =>
    ['version', 'body', ...names].map((name) => `${name} = ${value(name)}`).join(', ')
  const prepare = (sql: string) => database.prepare(sql, { returnArrays: true })
  return {
    layout,
    find: prepare(`SELECT version, body FROM ${table} WHERE ${keyIs}`),
    add: prepare(insert),
    put: prepare(
      `${insert} ON CONFLICT (${keyNames.join(', ')}) DO UPDATE SET ${assign((name) => `excluded.${name}`)}`,
    ),
    replace: prepare(`UPDATE ${table} SET ${assign(() => '?')} WHERE ${keyIs} AND version = ?`),
    remove: prepare(`DELETE FROM ${table} WHERE ${keyIs}`),
    removeVersion: prepare(`DELETE FROM ${table} WHERE ${keyIs} AND version = ?`),
    selections: new Map(),
  }
}

/** The shape of a list or count: all that its SQL depends on. */
export interface Shape {
  readonly index: string | undefined
  readonly prefix: readonly Part[]
  readonly upTo?: Part | undefined
  readonly after?: readonly Part[] | undefined
  readonly counts: boolean
}

/** The statement for a shape; its parameters are the prefix, `upTo`, `after` and, for a list, the limit. */
export function prepareSelection(
  database: DatabaseSync,
  statements: KindStatements,
  shape: Shape,
): StatementSync {
  const { index = '', prefix, upTo, after = [], counts } = shape
  const name = `${index} ${prefix.length} ${upTo !== undefined} ${after.length} ${counts}`
  const known = statements.selections.get(name)
  if (known !== undefined) return known
  const made = database.prepare(selectionSql(statements.layout, shape), { returnArrays: true })
  statements.selections.set(name, made)
  return made
}

function selectionSql({ kind, table }: Layout, { index, prefix, upTo, after = [], counts }: Shape): string {
  const { columns, order } = orderOf(kind, index)
  invariant(prefix.length <= columns.length, 'a prefix has no more parts than its key or index')
  invariant(after.length <= order.length, 'a position has no more parts than its order')
  const names = order.map(({ column }) => column)
  const conditions = [
    ...prefix.map((_, at) => `${names[at]} = ?`),
    ...(upTo === undefined ? [] : [`${nameAt(columns, prefix.length)} <= ?`]),
    ...(after.length === 0
      ? []
      : [`(${names.slice(0, after.length).join(', ')}) > (${after.map(() => '?').join(', ')})`]),
    ...columns.filter(({ required }) => !required).map(({ column }) => `${column} IS NOT NULL`),
  ]
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  if (counts) return `SELECT count(*) FROM ${table}${where}`
  return `SELECT version, body FROM ${table}${where} ORDER BY ${names.join(', ')} LIMIT ?`
}

function nameAt(columns: readonly Column[], position: number): string {
  const found = columns[position]
  invariant(found !== undefined, 'a bound has a column behind the prefix')
  return found.column
}
