import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { AdminListener } from './admin/admin-listener.ts'
import type { Phase } from './admin/readiness.ts'
import type { Sources } from './admin/readings.ts'
import type { Journal } from './audit/journal.ts'
import type { JournalLedger } from './audit/ledger.ts'
import type { Clock } from './base/clock.ts'
import type { Catalog } from './catalog/catalog.ts'
import { workerLoad } from './crypto/off-loop.ts'
import { inSlowQueue, inThreadPool } from './crypto/thread-pool.ts'
import { signerCache } from './http/signature.ts'
import type { BeginSpan } from './metrics/call-span.ts'
import { JournalMeter } from './metrics/journal-meter.ts'
import { Meter } from './metrics/meter.ts'
import type { ThreadReadings } from './metrics/thread-readings.ts'
import { operations } from './operations/index.ts'
import type { Tls } from './outside.ts'
import type { Settings } from './settings.ts'
import type { Tracing } from './tracing/open-tracing.ts'

/** What a running service tells of itself: put up as things happen, and looked at by whoever asks. */
export class Instruments {
  readonly meter = new Meter(operations)
  readonly journalMeter = new JournalMeter()
  readonly #tracing: Tracing | undefined
  phase: Phase = 'starting'
  connections: () => number = () => 0
  /** What other threads that serve tell of themselves. */
  threads: () => Promise<readonly ThreadReadings[]> = async () => []

  constructor(tracing: Tracing | undefined) {
    this.#tracing = tracing
  }

  get beginSpan(): BeginSpan | undefined {
    return this.#tracing?.beginSpan
  }

  /** Sends what is left of traces. */
  async close(): Promise<void> {
    await this.#tracing?.close()
  }
}

/** Where traces are sent, what makes them is loaded here; where they are not, nothing of it is. */
export async function openInstruments(
  { tracesEndpoint: endpoint, tracesShare: share }: Settings,
  clock: Clock,
  log: Logger,
): Promise<Instruments> {
  if (endpoint === undefined) return new Instruments(undefined)
  // Without the password that may stand before the host.
  const { origin } = new URL(endpoint)
  const onProblem = (err: unknown) => log.warn({ err }, `traces could not be sent to ${origin}`)
  const { openTracing } = await import('./tracing/open-tracing.ts')
  return new Instruments(openTracing({ endpoint, share, version: packageVersion(), clock, onProblem }))
}

/** What is looked at over the admin listener. */
export interface Watched extends Pick<Sources, 'journalDirectory' | 'rootKey' | 'sinks'> {
  readonly journal: Journal
  readonly instruments: Instruments
  readonly ledger: Pick<JournalLedger, 'owed'>
  readonly catalog: Catalog
  readonly clock: Clock
  readonly tls: Tls | undefined
  readonly log: Logger
}

/**
 * Answers the platform's questions at the address that is set for it. Prometheus's client and all that only shows
 * things is loaded here, so that who does not ask for it pays nothing.
 *
 * @returns nothing where no address is set
 * @throws CannotStart when the address cannot be had
 */
export async function openAdmin(
  { adminListen: listen }: Settings,
  { instruments, ledger, catalog, clock, tls, log, ...watched }: Watched,
): Promise<AdminListener | undefined> {
  if (listen === undefined) return undefined
  const [{ listenForAdmin }, { openExposition }, { watchReadiness }, { KeyCounts }] = await Promise.all([
    import('./admin/admin-listener.ts'),
    import('./admin/exposition.ts'),
    import('./admin/readiness.ts'),
    import('./admin/key-counts.ts'),
  ])
  const { store } = catalog
  const readiness = watchReadiness({ ...watched, store, phase: () => instruments.phase })
  const exposition = openExposition({
    ...watched,
    version: packageVersion(),
    ...ownThread(instruments.meter, catalog),
    journalMeter: instruments.journalMeter,
    owedRecords: () => ledger.owed,
    keyCounts: new KeyCounts(store, clock),
    readiness,
    connections: () => instruments.connections(),
    threads: () => instruments.threads(),
    ...(tls === undefined ? {} : { certificateEndsAt: endOf(tls) }),
  })
  const onBug = (err: unknown) => log.error({ err }, 'metrics or health could not be told')
  const listener = await listenForAdmin({ listen, exposition, readiness, onBug })
  log.info(`metrics and health checks are at ${listener.url}`)
  return listener
}

/** Where readings of this very thread are taken. */
export function ownThread(meter: Meter, catalog: Catalog) {
  return {
    meter,
    caches: () => [...catalog.caches(), signerCache()],
    workerThreads: () => workerLoad().threads,
    waitingTasks,
  }
}

/** Slow cryptography that nobody has begun yet, by what it waits for. */
const waitingTasks = () => ({
  workers: workerLoad().waiting,
  thread_pool: inThreadPool.waiting(),
  rsa_keys: inSlowQueue.waiting(),
})

/** When the certificate that is served ends: of a chain, the first. */
function endOf({ cert }: Tls): number {
  return new X509Certificate(cert).validToDate.getTime()
}

/** The version of this package, which is the version of everything in the repository. */
function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
