/** Counts durations so that percentiles cost no list of them: buckets grow with the value, each under 2 % wide. */
export interface Histogram {
  record(microseconds: number): void
  /** The duration that `share` (0.99) of all recorded ones do not exceed, in microseconds. */
  percentile(share: number): number
}

const bucketsPerDoubling = 64
const exactBelow = 2 * bucketsPerDoubling

export function createHistogram(): Histogram {
  const counts = new Uint32Array(bucketsPerDoubling * 28)
  let total = 0
  return {
    record(microseconds) {
      const bucket = bucketOf(microseconds | 0)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      total += 1
    },
    percentile(share) {
      let below = 0
      const bucket = counts.findIndex((count) => {
        below += count
        return below >= share * total
      })
      return lowestIn(Math.max(bucket, 0))
    },
  }
}

function bucketOf(value: number): number {
  if (value < exactBelow) return value
  const shift = 31 - Math.clz32(value) - Math.log2(bucketsPerDoubling)
  return shift * bucketsPerDoubling + (value >> shift)
}

function lowestIn(bucket: number): number {
  if (bucket < exactBelow) return bucket
  const shift = Math.floor(bucket / bucketsPerDoubling) - 1
  return (bucket - shift * bucketsPerDoubling) * 2 ** shift
}
