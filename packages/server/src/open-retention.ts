import { join } from 'node:path'
import type { Logger } from 'pino'
import { retainer, type Taker } from './audit/file/retain.ts'
import type { Journal } from './audit/journal.ts'
import type { Retention } from './audit/retention.ts'
import type { UsageTracker } from './audit/usage-tracker.ts'
import { invariant } from './base/invariant.ts'
import type { Sinks } from './open-sinks.ts'
import type { Safe } from './root-key/safe.ts'
import { theInstallation } from './storage/installation.ts'
import type { Store } from './storage/store.ts'

interface Ground {
  readonly dataDir: string
  readonly journal: Journal
  readonly store: Store
  readonly safe: Safe
  readonly sinks: Sinks
  readonly lastUsages: UsageTracker
  readonly log: Logger
}

/** What deletes those files of the journal whose time is up; called now and then. */
export async function openRetention(
  retention: Retention,
  { dataDir, journal, store, safe, sinks, lastUsages, log }: Ground,
): Promise<(now: number) => Promise<void>> {
  const installation = (await store.find('installation', theInstallation))?.value
  invariant(installation?.journalKey !== undefined, 'the journal of an installation is signed')
  const usages: Taker = {
    name: 'when keys were last used',
    get takenUpTo() {
      return lastUsages.writtenUpTo
    },
    // What is stored is durable.
    sync: async () => undefined,
  }
  const retain = retainer({
    directory: join(dataDir, 'audit'),
    retention,
    key: safe.openJournalKey(installation.journalKey, installation),
    written: () => journal.length(),
    takers: () => [usages, ...sinks.followers],
    onKept: (segment, taker) =>
      log.warn(
        { segment, taker },
        'a file of the audit journal is kept beyond its time: not everything in it was taken',
      ),
  })
  return async (now) => {
    const deleted = await retain(now)
    if (deleted > 0) log.info({ deleted }, 'files of the audit journal whose time is up were deleted')
  }
}
