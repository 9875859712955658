import type { DatabaseSync } from 'node:sqlite'
import { CannotStart } from '../../base/cannot-start.ts'
import { formatVersion } from '../kinds.ts'
import { type Layout, layoutOf, layouts, type Order } from '../layout.ts'
import { upgrades } from '../upgrades.ts'

/** `Clav`: how a database says that it is ours. */
const applicationId = 0x436c6176

/**
 * Makes an empty database ours, or an older one of ours fit for this release: tables, columns and indexes that
 * the table of kinds has and the database has not are made, and new columns are filled from the values. Only
 * forward: a database of a newer release is refused, since this one would misread it.
 */
export function bringUpToDate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    requireOurs(database, path)
    database.exec('CREATE TABLE IF NOT EXISTS change_number (number INTEGER NOT NULL) STRICT')
    database.exec(
      'INSERT INTO change_number (number) SELECT 0 WHERE NOT EXISTS (SELECT * FROM change_number)',
    )
    upgradeValues(database)
    for (const layout of layouts) {
      arrangeTable(database, layout)
      arrangeIndexes(database, layout)
    }
    if (pragma(database, 'user_version') !== formatVersion) {
      database.exec(`PRAGMA user_version = ${formatVersion}; PRAGMA application_id = ${applicationId}`)
    }
    database.exec('COMMIT')
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

function requireOurs(database: DatabaseSync, path: string): void {
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (!isEmpty && pragma(database, 'application_id') !== applicationId) {
    throw new CannotStart(`${path} is a database of some other program; choose another data directory`)
  }
  const found = pragma(database, 'user_version')
  if (found > formatVersion) {
    throw new CannotStart(
      `${path} was written by a newer release of Claviger (format ${found}, this one knows ${formatVersion}); ` +
        'install that release again',
    )
  }
}

/** Rewrites what an older release stored. Before tables are arranged, since new columns are filled from the values. */
function upgradeValues(database: DatabaseSync): void {
  const found = pragma(database, 'user_version')
  // An empty database has no version yet, and nothing to upgrade.
  if (found === 0) return
  for (const { kind, renames, of } of upgrades.filter(({ to }) => to > found)) {
    const { table } = layoutOf(kind)
    if (renames !== undefined) renameTable(database, { ...renames, to: table })
    const write = database.prepare(`UPDATE ${table} SET body = ? WHERE rowid = ?`)
    for (const { rowid, body } of database.prepare(`SELECT rowid, body FROM ${table}`).all()) {
      write.run(JSON.stringify(of(JSON.parse(String(body)))), Number(rowid))
    }
  }
}

function renameTable(
  database: DatabaseSync,
  { table, columns, to }: { table: string; columns: Readonly<Record<string, string>>; to: string },
): void {
  // What no value was ever stored in need not be there.
  if (database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) === undefined) return
  database.exec(`ALTER TABLE ${table} RENAME TO ${to}`)
  for (const [before, after] of Object.entries(columns)) {
    database.exec(`ALTER TABLE ${to} RENAME COLUMN ${before} TO ${after}`)
  }
}

function arrangeTable(database: DatabaseSync, layout: Layout): void {
  const { table, key, columns } = layout
  const present = new Set(
    database
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map(({ name }) => name),
  )
  if (present.size === 0) {
    const lines = [
      ...columns.map(({ column, type, required }) => `${column} ${type}${required ? ' NOT NULL' : ''}`),
      'version INTEGER NOT NULL',
      'body TEXT NOT NULL',
      `PRIMARY KEY (${key.columns.map(({ column }) => column).join(', ')})`,
    ]
    database.exec(`CREATE TABLE ${table} (${lines.join(', ')}) STRICT`)
    return
  }
  const missing = columns.filter(({ column }) => !present.has(column))
  for (const { column, type } of missing) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)
  for (const { column, of } of missing) {
    const fill = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`)
    // All rows at once: SQLite may show a row twice to a cursor whose table is changed under it.
    for (const { rowid, body } of database.prepare(`SELECT rowid, body FROM ${table}`).all()) {
      fill.run(of(JSON.parse(String(body))) ?? null, Number(rowid))
    }
  }
}

function arrangeIndexes(database: DatabaseSync, { table, indexes }: Layout): void {
  const wanted = new Map(
    [...indexes.values()].map((index) => [indexName(table, index), indexSql(table, index)]),
  )
  const present = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`)
    .all(table)
  for (const { name, sql } of present) {
    if (wanted.get(String(name)) === sql) wanted.delete(String(name))
    else database.exec(`DROP INDEX ${name}`)
  }
  for (const sql of wanted.values()) database.exec(sql)
}

const indexName = (table: string, index: Order) => `${table}_by_${index.name}`

function indexSql(table: string, index: Order): string {
  // The key behind the index columns makes a page of a list one walk of the index. A unique index must stop
  // at its own columns; and both leave out the values that lack one of them.
  const columns = index.unique ? index.columns : index.order
  const optional = index.columns.filter(({ required }) => !required)
  const where = optional.map(({ column }) => `${column} IS NOT NULL`).join(' AND ')
  return (
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${indexName(table, index)} ON ${table} ` +
    `(${columns.map(({ column }) => column).join(', ')})${where === '' ? '' : ` WHERE ${where}`}`
  )
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
