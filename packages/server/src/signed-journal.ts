import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { openJournal } from './audit/file/journal-file.ts'
import type { Journal } from './audit/journal.ts'
import type { Clock } from './base/clock.ts'
import { createFile } from './base/durable-file.ts'
import { invariant } from './base/invariant.ts'
import type { JournalMeter } from './metrics/journal-meter.ts'
import type { Safe } from './root-key/safe.ts'
import { theInstallation } from './storage/installation.ts'
import type { Store } from './storage/store.ts'

/** Where the public half of the journal's key is written, for whoever verifies: to be copied somewhere else. */
export function journalKeyPath(directory: string): string {
  return join(directory, 'journal-key.pem')
}

/**
 * Opens the journal of an installation, signed with the installation's own key. The key is stored only after the
 * journal bears its signature: a start that breaks off between the two makes another key, and signs again.
 *
 * @throws CannotStart when the journal is not what was written and signed
 */
export async function openSignedJournal(
  directory: string,
  ground: {
    readonly store: Store
    readonly safe: Safe
    readonly clock: Clock
    readonly log: Logger
    readonly meter: JournalMeter
    readonly mayBlock: boolean
  },
): Promise<Journal> {
  const { store, safe, clock, log, meter, mayBlock } = ground
  const stored = await store.find('installation', theInstallation)
  invariant(stored !== undefined, 'a journal belongs to an installation')
  const { journalKey } = stored.value
  const sealed = journalKey ?? safe.newJournalKey(stored.value)
  const key = safe.openJournalKey(sealed, stored.value)
  const journal = await openJournal({
    directory,
    key,
    keyIsNew: journalKey === undefined,
    clock,
    meter,
    mayBlock,
    onProblem: (err) => log.warn({ err }, 'a closed part of the audit journal could not be compressed'),
  })
  if (journalKey === undefined) {
    await store.commit([
      { put: 'installation', value: { ...stored.value, journalKey: sealed }, expected: stored.version },
    ])
    await rm(journalKeyPath(directory), { force: true })
  }
  await createFile(journalKeyPath(directory), key.publicKey)
  return journal
}
