import { monotonicMs } from '../base/elapsed.ts'
import { newHistogram, observe, secondsBounds } from './histogram.ts'

/** From one record alone to more than connections usually bring at once. */
const recordsBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const

/** What there is to count where records become durable. */
export class JournalMeter {
  /** Records that wait for the next write, or for the one under way. */
  waiting = 0
  records = 0
  failures = 0
  /** When a write last became durable, in milliseconds since the epoch. */
  lastDurableAt: number | undefined
  /** Whether the last write failed; whoever was waiting for it has been told. */
  isFailing = false
  readonly batches = newHistogram(recordsBounds)
  /** One write as those who wait for it see it: chained, written and synced. */
  readonly writes = newHistogram(secondsBounds)

  /** So many records are durable since now. */
  wrote(records: number, { begun, now }: { readonly begun: number; readonly now: number }): void {
    this.waiting -= records
    this.records += records
    this.lastDurableAt = now
    this.isFailing = false
    observe(this.batches, records)
    observe(this.writes, (monotonicMs() - begun) / 1000)
  }

  /** So many records could not be made durable. */
  failed(records: number): void {
    this.waiting -= records
    this.failures += 1
    this.isFailing = true
  }
}
