import { LRUCache } from 'lru-cache'
import type { SharedTable } from '../base/shared-table.ts'
import { TokenBucket } from './token-bucket.ts'

/** So many requests out of one bucket, and the rate that it fills at. */
export interface Draw {
  readonly name: string
  readonly perSecond: number
  readonly requests: number
}

/** The buckets of all quotas, by name. */
export interface Buckets {
  /** Takes all of them, or says no and takes nothing. */
  take(draws: readonly Draw[], now: number): boolean
}

/**
 * Buckets kept. One that nobody has used for a second is as full as a new one (where less than one request a second
 * may pass, a little later), so to forget the least recently used forgets nothing.
 */
const keptMost = 20_000

/** Those of a service that is one thread. */
export class OwnBuckets implements Buckets {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: keptMost })

  take(draws: readonly Draw[], now: number): boolean {
    return takeAll(
      draws.map((draw) => ({ draw, bucket: this.#bucket(draw, now) })),
      now,
    )
  }

  #bucket({ name, perSecond }: Draw, now: number): TokenBucket {
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) {
      bucket = new TokenBucket(perSecond, now)
      this.#buckets.set(name, bucket)
    }
    return bucket
  }
}

/** Rows of a table for `SharedBuckets`. */
export const sharedBucketsMost = 1 << 15

/** A bucket that was not used for so long is as full as a new one, unless a request takes longer than that to come by. */
const unusedMs = 60_000

/** Those of a service whose threads count together. */
export class SharedBuckets implements Buckets {
  readonly #table: SharedTable

  constructor(table: SharedTable) {
    this.#table = table
  }

  take(draws: readonly Draw[], now: number): boolean {
    return this.#table.alone(() => {
      const all = draws.map((draw) => ({ draw, bucket: this.#bucket(draw, now) }))
      const passes = takeAll(all, now)
      return all.every(({ draw, bucket }) => this.#keep(draw, bucket, now)) && passes
    })
  }

  #bucket({ name, perSecond }: Draw, now: number): TokenBucket {
    const row = this.#table.find(name)
    return new TokenBucket(perSecond, now, row && { level: row.first, filledAt: row.second })
  }

  #keep({ name }: Draw, { state: { level, filledAt } }: TokenBucket, now: number): boolean {
    const row = { first: level, second: filledAt }
    return this.#table.put(name, row, ({ second }) => now - second > unusedMs)
  }
}

interface Wanted {
  readonly draw: Draw
  readonly bucket: TokenBucket
}

function takeAll(all: readonly Wanted[], now: number): boolean {
  if (!all.every(({ draw, bucket }) => bucket.has(draw.requests, now))) return false
  for (const { draw, bucket } of all) bucket.take(draw.requests)
  return true
}
