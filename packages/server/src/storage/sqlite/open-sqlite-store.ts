import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart } from '../../base/cannot-start.ts'
import { syncDirectory } from '../../base/durable-file.ts'
import type { Store } from '../store.ts'
import { bringUpToDate } from './schema.ts'
import { SqliteStore } from './sqlite-store.ts'

/**
 * - WAL with `synchronous = FULL` syncs the log in every commit: what is acknowledged survives a power failure.
 *   `fullfsync` says the same to macOS, where a plain sync stops at the drive's cache.
 * - `secure_delete` overwrites what is removed, so that a deleted key's wrapped material is not in the file.
 * - `trusted_schema` off and `defensive` on: a database file somebody has tampered with cannot run code of theirs.
 */
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA secure_delete = ON;
  PRAGMA trusted_schema = OFF;
`

const sentences: ReadonlyMap<number, string> = new Map([
  [5, 'is in use by another program'],
  [8, 'cannot be written; check its permissions'],
  [11, 'is damaged; restore it from a backup'],
  [13, 'cannot be opened because the disk is full'],
  [14, 'cannot be opened; check that its directory exists and its permissions'],
  [26, 'is not a database, or is damaged; restore it from a backup'],
])

/**
 * Opens the database at `path`, or makes it; `:memory:` is a store that ends with the process.
 *
 * It is not searched for damage: `PRAGMA quick_check` reads every page, which for a large database is many times
 * the start this service is held to. What opening itself reads (header, schema, change number) is noticed here;
 * damage elsewhere fails the call that meets it, and key material that was altered does not unwrap.
 *
 * @throws CannotStart with a sentence when there is no using what is there
 */
export async function openSqliteStore(path: string): Promise<Store> {
  try {
    // SQLite would make the file by the umask; its log and shared memory take over the mode they find here.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
    const database = openDatabase(path)
    if (path !== ':memory:') await syncDirectory(dirname(path))
    return new SqliteStore(database)
  } catch (cause) {
    throw explained(path, cause)
  }
}

/**
 * Opens the database at `path` to be read only, beside whoever has opened it to write: each read sees the last commit.
 *
 * @throws CannotStart with a sentence when there is no using what is there
 */
export async function openSqliteReader(path: string): Promise<Store> {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 2000, defensive: true })
    database.exec('PRAGMA trusted_schema = OFF')
    return new SqliteStore(database)
  } catch (cause) {
    throw explained(path, cause)
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 2000, defensive: true })
  try {
    database.exec(settings)
    bringUpToDate(database, path)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

function explained(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause
  // The low byte is SQLite's plain result code; what is above it says where it came from.
  const code = 'errcode' in cause ? Number(cause.errcode) & 0xff : undefined
  const sentence = code === undefined ? undefined : sentences.get(code)
  if (sentence !== undefined) return new CannotStart(`${path} ${sentence}`, { cause })
  if ('code' in cause && 'syscall' in cause) {
    return new CannotStart(`${path} cannot be opened (${cause.code}); check that its directory exists`, {
      cause,
    })
  }
  return cause
}
