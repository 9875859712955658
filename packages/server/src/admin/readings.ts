import { listSegments } from '../audit/file/segments.ts'
import type { Journal } from '../audit/journal.ts'
import type { SinkStatus } from '../audit/sinks/sink.ts'
import type { CacheReading } from '../metrics/counted-cache.ts'
import type { JournalMeter } from '../metrics/journal-meter.ts'
import type { Meter } from '../metrics/meter.ts'
import { addUp, type MeterReadings, readMeter, type ThreadReadings } from '../metrics/thread-readings.ts'
import type { RootKeyHealth } from '../root-key/watch-root-key.ts'
import type { KeyCount, KeyCounts } from './key-counts.ts'
import type { Readiness } from './readiness.ts'
import { freeBytes } from './write-probe.ts'

/** Where readings are taken. */
export interface Sources {
  readonly version: string
  readonly meter: Meter
  readonly journal: Pick<Journal, 'length' | 'lastSequence'>
  readonly journalMeter: JournalMeter
  readonly journalDirectory: string
  /** Records of changes that were made, which the journal would not take yet. */
  readonly owedRecords: () => number
  readonly sinks: () => readonly SinkStatus[]
  readonly caches: () => readonly CacheReading[]
  readonly keyCounts: KeyCounts
  readonly rootKey: RootKeyHealth
  readonly readiness: () => Promise<Readiness>
  readonly workerThreads: () => number
  /** How many tasks wait, by what for. */
  readonly waitingTasks: () => Readonly<Record<string, number>>
  readonly connections: () => number
  /** What the other threads tell that serve, where there are any. */
  readonly threads?: () => Promise<readonly ThreadReadings[]>
  /** When the certificate that is served ends, in milliseconds since the epoch; absent without TLS. */
  readonly certificateEndsAt?: number
}

/** Everything metrics say, as it was at one moment. */
export interface Readings {
  readonly version: string
  readonly meter: MeterReadings
  readonly journalMeter: JournalMeter
  readonly journal: {
    readonly segment: number
    readonly length: number
    readonly lines: number
    readonly owed: number
    /** How many files it is in; absent where its directory cannot be read. */
    readonly segments: number | undefined
    readonly freeBytes: number | undefined
  }
  readonly sinks: readonly SinkStatus[]
  readonly caches: readonly CacheReading[]
  readonly keys: readonly KeyCount[]
  readonly rootKey: { readonly isOpen: boolean; readonly isAtSource: boolean | undefined }
  readonly readiness: Readiness
  readonly workerThreads: number
  readonly waitingTasks: Readonly<Record<string, number>>
  readonly connections: number
  readonly certificateEndsAt: number | undefined
}

/** Takes all readings. What cannot be read is absent: when something is wrong, the rest is wanted most. */
export async function takeReadings(sources: Sources): Promise<Readings> {
  const { version, journalMeter, journalDirectory, certificateEndsAt } = sources
  const [keys, isOpen, isAtSource, readiness, free, segments, threads] = await Promise.all([
    sources.keyCounts.read().catch(() => []),
    sources.rootKey.isOpen().catch(() => false),
    sources.rootKey.isAtSource().catch(() => false),
    sources.readiness(),
    freeBytes(journalDirectory),
    listSegments(journalDirectory).catch(() => undefined),
    sources.threads?.() ?? [],
  ])
  const { meter, caches, workerThreads, waitingTasks, connections } = addUp([readThread(sources), ...threads])
  return {
    version,
    meter,
    journalMeter,
    journal: {
      ...sources.journal.length(),
      lines: sources.journal.lastSequence(),
      owed: sources.owedRecords(),
      segments: segments?.length,
      freeBytes: free,
    },
    sinks: sources.sinks(),
    caches,
    keys,
    rootKey: { isOpen, isAtSource },
    readiness,
    workerThreads,
    waitingTasks,
    connections,
    certificateEndsAt,
  }
}

/** What a thread that serves tells of itself. */
export function readThread({
  meter,
  caches,
  workerThreads,
  waitingTasks,
  connections,
}: Pick<Sources, 'meter' | 'caches' | 'workerThreads' | 'waitingTasks' | 'connections'>): ThreadReadings {
  return {
    meter: readMeter(meter),
    caches: caches(),
    workerThreads: workerThreads(),
    waitingTasks: waitingTasks(),
    connections: connections(),
  }
}
