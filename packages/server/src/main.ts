import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { DenialRows } from './access/denial-rows.ts'
import { KeptDenials } from './access/kept-denials.ts'
import { openIndex } from './audit/index/open-index.ts'
import { indexPath } from './audit/index/tables.ts'
import type { Journal } from './audit/journal.ts'
import { JournalLedger } from './audit/ledger.ts'
import type { SinkStatus } from './audit/sinks/sink.ts'
import type { Trail } from './audit/trail.ts'
import { UsageTracker } from './audit/usage-tracker.ts'
import { CannotStart } from './base/cannot-start.ts'
import { type Chance, systemChance } from './base/chance.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { Catalog } from './catalog/catalog.ts'
import { keepHouse } from './chores.ts'
import { Crew } from './crew.ts'
import { doWhatIsDue } from './due/do-what-is-due.ts'
import { presentedRequests } from './http/presented-requests.ts'
import { CodeGuesses } from './identity/code-guesses.ts'
import { openInstruments } from './observing.ts'
import { type Doors, openDoors } from './open-doors.ts'
import { openInstallation } from './open-installation.ts'
import { openRetention } from './open-retention.ts'
import { openSinks, readSinkMeans } from './open-sinks.ts'
import { openOutside, readOutside } from './outside.ts'
import { createService, type Service } from './service.ts'
import type { Settings } from './settings.ts'
import { openSignedJournal } from './signed-journal.ts'
import { lockDirectory } from './storage/sqlite/lock.ts'
import { openSqliteStore } from './storage/sqlite/open-sqlite-store.ts'
import { IdentityTokens } from './web-identity/identity-tokens.ts'

/** The world outside, for those who bring their own: tests own time. */
export interface World {
  readonly clock: Clock
  readonly chance: Chance
}

/** A running Claviger. */
export interface Claviger extends Doors {
  readonly service: Service
  readonly catalog: Catalog
  readonly journal: Journal
  readonly managementAccount: string
  /** How each place does that audit records are sent on to. */
  sinkStatuses(): readonly SinkStatus[]
  /** Does what keys do by themselves and is due by now; also happens by itself, at the start and every minute. */
  doWhatIsDue(): Promise<number>
  /** Answers the calls under way, then lets go of everything. */
  close(): Promise<void>
}

/**
 * Starts the service: the only place where concrete parts meet.
 *
 * @throws CannotStart with a sentence for the person who runs it
 */
export async function start(settings: Settings, log: Logger, world?: Partial<World>): Promise<Claviger> {
  const clock = world?.clock ?? systemClock
  const chance = world?.chance ?? systemChance()
  const dataDir = resolve(settings.dataDir)
  const crew = new Crew(settings, clock)
  const files = await readOutside(settings)
  const sinkMeans = await readSinkMeans(settings)
  const outside = openOutside(files, clock, crew.buckets)
  const { tls, limits, rates, attestationRoots, endpoints, proxies } = outside
  await makeDirectory(dataDir)
  const instruments = await openInstruments(settings, clock, log)
  const opened: (() => Promise<void> | void)[] = [() => proxies.close(), () => instruments.close()]
  const letGo = async () => {
    instruments.phase = 'closing'
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const lock = lockDirectory(dataDir)
    opened.push(() => lock.release())
    const store = await openSqliteStore(join(dataDir, 'claviger.db'))
    opened.push(() => store.close())
    const ground = { store, clock, chance, dataDir }
    const { safe, rootKey, managementAccount } = await openInstallation(settings, ground)
    const journalDirectory = join(dataDir, 'audit')
    const observed = { meter: instruments.journalMeter, mayBlock: crew.isSeveral }
    const journal = await openSignedJournal(journalDirectory, { store, safe, clock, log, ...observed })
    opened.push(() => journal.close())
    const trail = openTrail(dataDir, journal, log)
    opened.push(() => trail.close())
    const catalog = new Catalog(store, safe, { onTouched: (touched) => crew.forget(touched) })
    const { ledger, lastUsages } = await openLedger(catalog, journal, { clock, log })
    opened.push(() => ledger.settle())
    const dueKeys = () => doWhatIsDue(clock.now(), { catalog, safe, ledger, chance })
    const writeUsages = () => Promise.all([catalog.lastUses.write(), lastUsages.write()])
    opened.push(async () => {
      await writeUsages().catch((err) => log.warn({ err }, 'when keys were last used could not be stored'))
    })
    const sending = { dataDir, journal, store, safe, clock, chance, log }
    const sinks = await openSinks(sinkMeans, { ...sending, homeRegion: settings.regions[0] ?? '' })
    opened.push(() => sinks.close())
    const deleteOld = await openRetention(settings.auditRetention, { ...sending, sinks, lastUsages })
    const chores = [dueKeys, () => ledger.settle(), writeUsages, () => deleteOld(clock.now())]
    opened.push(await keepHouse(chores, log))
    const denialRows = new DenialRows(catalog)
    const denials = keepDenials(catalog, denialRows, log)
    opened.push(() => denials.settle())
    const { regions } = settings
    const since = clock.now()
    const presented = presentedRequests({ catalog, safe, since }, crew.signatures)
    const parts = {
      ...{ catalog, lastUsages, trail, safe, chance, limits, attestationRoots, regions, proxies, presented },
      codeGuesses: new CodeGuesses(crew.guesses),
      identityTokens: new IdentityTokens(),
    }
    const service = createService({ parts, ledger, denials, meter: instruments.meter, rates })
    const inside = {
      ...{ service, catalog, safe, ledger, journal, journalDirectory, denials, rootKey, managementAccount },
      ...{ instruments, sinks: sinks.statuses, clock, chance, tls, endpoints, log, dataDir },
      ...{ crew, files, lastUsages, trail, denialRows, rememberedSince: since },
    }
    const doors = await openDoors(settings, inside, opened)
    return {
      ...doors,
      ...{ service, catalog, journal, managementAccount },
      sinkStatuses: sinks.statuses,
      doWhatIsDue: dueKeys,
      close: letGo,
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

/** The ledger, with what an earlier process owed the journal paid; and what tells from its records when keys were used. */
async function openLedger(
  catalog: Catalog,
  journal: Journal,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
) {
  const lastUsages = await UsageTracker.open(catalog, journal, clock.now())
  const ledger = new JournalLedger(catalog, journal, (record) => lastUsages.note(record))
  const recovered = await ledger.recover()
  if (recovered > 0) log.warn({ recovered }, 'changes made just before the last end are now in the journal')
  return { ledger, lastUsages }
}

function keepDenials(catalog: Catalog, rows: DenialRows, log: Logger): KeptDenials {
  const onProblem = (err: unknown) => log.warn({ err }, 'denials could not be kept for `claviger why`')
  return new KeptDenials({ catalog, rows, onProblem })
}

async function makeDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new CannotStart(
      `the data directory ${dataDir} cannot be made (${(cause as NodeJS.ErrnoException).code})`,
      {
        cause,
      },
    )
  }
}

/** What happened, as it is looked up: an index beside the journal, which may be deleted at any time. */
function openTrail(dataDir: string, journal: Journal, log: Logger): Trail {
  return openIndex({
    path: indexPath(dataDir),
    directory: join(dataDir, 'audit'),
    length: () => journal.length(),
    onProblem: (err) =>
      log.warn({ err }, 'the index of the audit journal could not follow it; it is tried again'),
  })
}
