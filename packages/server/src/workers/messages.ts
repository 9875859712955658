import type { KeyObject } from 'node:crypto'
import type { StoredDenial } from '../access/stored-denial.ts'
import type { EventRecord } from '../audit/ledger.ts'
import type { TrailEvent, TrailQuery } from '../audit/trail.ts'
import type { Touched } from '../catalog/touched.ts'
import type { LastUse } from '../identity/last-use.ts'
import type { Key } from '../keys/key.ts'
import type { KeyLastUsage } from '../keys/key-last-usage.ts'
import type { ThreadReadings } from '../metrics/thread-readings.ts'
import type { OutsideFiles } from '../outside.ts'
import type { LogLevel, Settings } from '../settings.ts'
import type { Change } from '../storage/store.ts'
import type { SharedMemory } from './shared-memory.ts'

/** What a worker is told when it begins. */
export interface Beginning {
  /** Without what only the owner needs: passphrases and the root user's credentials. */
  readonly settings: Settings
  readonly files: OutsideFiles
  /** Of VPC endpoints that listen at free ports, those that another worker has found, by the endpoints' ids. */
  readonly endpointPorts: ReadonlyMap<string, number>
  readonly rootKey: KeyObject
  readonly memory: SharedMemory
  /** Above zero, and no other worker's. */
  readonly thread: number
  /** How many there are. */
  readonly workers: number
  readonly logLevel: LogLevel
  /** When the service began to remember signatures, and to track the use of keys. */
  readonly rememberedSince: number
  readonly trackedSince: number
}

/** Where a worker listens. */
export interface Listening {
  readonly url: string
  readonly endpointUrls: ReadonlyMap<string, string>
}

/** What the owner answers its workers: all that there must be one of. A type, since only types fit any index. */
export type OwnerAnswers = {
  /** Records that changed nothing, JSON, and the uses of keys that they tell of; each on a line. */
  readonly append: (records: string, usages: string) => Promise<void>
  readonly commit: (changes: readonly Change[], records: readonly EventRecord[]) => Promise<void>
  readonly writeDenials: (rows: readonly StoredDenial[]) => Promise<void>
  readonly findEvents: (query: TrailQuery) => Promise<readonly TrailEvent[]>
  readonly findKeyLastUsage: (
    key: Pick<Key, 'account' | 'region' | 'keyId'>,
  ) => Promise<KeyLastUsage | undefined>
  readonly noteUse: (use: LastUse) => void
  readonly findUse: (id: string) => Promise<LastUse | undefined>
  /** A line of the worker's log, JSON. */
  readonly log: (line: string) => void
}

/** What a worker answers its owner. */
export type WorkerAnswers = {
  readonly begin: (beginning: Beginning) => Promise<Listening>
  /** Something stored was changed: it is not to be relied on in memory. */
  readonly forget: (touched: readonly Touched[]) => void
  /** Has denials that wait to be stored stored now. */
  readonly settleDenials: () => Promise<void>
  /** What it has counted so far. */
  readonly read: () => ThreadReadings
  /** Answers the calls under way and takes no more. */
  readonly close: () => Promise<void>
}
