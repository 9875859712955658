import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart } from '../../base/cannot-start.ts'

/** Held for as long as a process uses a data directory. */
export interface DirectoryLock {
  release(): void
}

/** A database that nobody refers to is closed by the garbage collector, and its lock would end with it. */
const held = new Set<DatabaseSync>()

/** SQLITE_BUSY: somebody else holds it. */
const busy = 5

/**
 * Takes a data directory for this process alone: two services on one directory would each believe in their own
 * memory of it and would tear the audit chain. The lock is the operating system's, on a file of its own, got
 * through SQLite because Node has no other way to ask for one; it ends with the process however that ends, so
 * there is nothing to clean up after a crash. (As with SQLite itself, a network file system may not keep it.)
 *
 * @throws CannotStart when another process has the directory
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, 'lock')
  try {
    closeSync(openSync(path, 'a', 0o600))
    const database = new DatabaseSync(path, { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (cause) {
      database.close()
      throw cause
    }
    held.add(database)
    return {
      release() {
        held.delete(database)
        database.close()
      },
    }
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === busy) {
      throw new CannotStart(`another Claviger is already running on ${directory}; stop it first`)
    }
    throw new CannotStart(`${directory} cannot be used as a data directory; check that it can be written`, {
      cause,
    })
  }
}
