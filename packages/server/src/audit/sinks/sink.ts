import type { Moment } from '../file/signed.ts'

/** For whoever shows how the sinks do (metrics, readiness): `Claviger.sinkStatuses()` gives one `SinkStatus` for each. */

/** One record on its way out, as the journal has it. */
export interface SentRecord {
  /** Of its line in the journal. */
  readonly sequence: number
  /** The record's JSON, as it stands there. */
  readonly json: string
}

/** Records that go out together. What was begun is sent again exactly as it was, also after a crash. */
export interface Shipment {
  /** In the order of the journal; never empty. */
  readonly records: readonly SentRecord[]
  /** The last line it accounts for. A receiver that knows the hash has had these records. */
  readonly end: Moment
  /** When it was first begun. */
  readonly at: number
}

/** A place that records are sent on to. */
export interface Sink {
  /** What people know it by; nothing secret. */
  readonly name: string
  /** How many records go together at most. */
  readonly recordsMost: number
  /** Of how much JSON, but for the last of them. */
  readonly bytesMost: number
  /** How long it rests when it has sent all there was. */
  readonly restMs: number
  /** How long records are gathered before they are sent, unless there are `recordsMost`; on the service's clock. */
  readonly gatherMs?: number
  /** Resolves when the receiver has them; rejects when it has not, or when that cannot be known. */
  take(shipment: Shipment): Promise<void>
  /** Does what is due without any records; called now and then, and never while `take` is under way. */
  tend?(): Promise<void>
  /** Breaks off what is under way, and lets go. */
  close(): void
}

/** How a sink does, to be shown. */
export interface SinkStatus {
  readonly name: string
  /** Lines of the journal that it has not taken yet; checkpoints count too. */
  readonly lagRecords: number
  /** How long ago the oldest event happened that it has not taken; 0 when there is none. */
  readonly lagSeconds: number
  /** Since the service started. */
  readonly sentRecords: number
  readonly failures: number
  /** When it last took something, milliseconds since the epoch. */
  readonly lastTakenAt?: number
  /** Why it did not, at its last attempt; absent when that succeeded. */
  readonly lastError?: string
}
