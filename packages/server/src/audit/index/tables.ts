import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TrailAttribute } from '../trail.ts'

/** Raise it with any change of the tables below: an index of another form is made anew. */
const indexVersion = 5

/**
 * The form of the index: for every word (an attribute with a value) of every home (an account with a Region) the events
 * that have it, with the place of their line, in chunks that follow one another in time. So a page is a few rows of one
 * table, wherever in the journal its lines are. Words are written once, and numbered. Ids, of which each event has one of
 * its own, are in chunks as well, as numbers of 32 bits.
 */
const tables = `
  CREATE TABLE words (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, word TEXT NOT NULL, UNIQUE (kind, word)
  ) STRICT;
  CREATE TABLE chunks (
    home INTEGER NOT NULL, word INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, base INTEGER NOT NULL,
    segment INTEGER NOT NULL, postings BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_word ON chunks (home, word, last, first, segment);
  CREATE TABLE event_ids (
    id INTEGER PRIMARY KEY, home INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, base INTEGER NOT NULL,
    segment INTEGER NOT NULL, prints BLOB NOT NULL, postings BLOB NOT NULL
  ) STRICT;
  CREATE INDEX event_ids_by_home ON event_ids (home, last, first, segment);
  CREATE TABLE blocks (segment INTEGER PRIMARY KEY, starts BLOB NOT NULL) STRICT;
  CREATE TABLE position (first INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL) STRICT;
  INSERT INTO position VALUES (1, 1, 0);
  PRAGMA user_version = ${indexVersion};
`

/**
 * What words are of: the attributes that many events share, the homes themselves, and what a call named that is not
 * there or not for its caller (`Named`), which CloudTrail does not look up by.
 */
export type WordKind = 'Any' | 'Home' | 'Named' | Exclude<TrailAttribute, 'EventId'>

/** The number of the word that every event has. */
export const anyWord = 0

/** The word of an account's events in a Region. */
export function homeWord({ account, region }: { readonly account: string; readonly region: string }): string {
  return `${account} ${region}`
}

/** Where the index of a data directory's journal is. It may be deleted at any time. */
export function indexPath(dataDir: string): string {
  return join(dataDir, 'audit-index.db')
}

/** Opens an index, or makes an empty one. It is not synced: the journal knows it all. @throws for another form */
export function openTables(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000')
    if (formOf(database) !== indexVersion) {
      if (database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) throw new Error('another form')
      database.exec(`BEGIN; ${tables} INSERT INTO words VALUES (${anyWord}, 'Any', ''); COMMIT`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens an index to look something up, beside whoever keeps it; nothing when there is none of this form. */
export function openTablesToRead(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    if (formOf(database) === indexVersion) return database
  } catch {
    // Not there, damaged, or in the middle of being made: the journal is read instead.
  }
  database?.close()
  return undefined
}

function formOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version)
}
