/** How often something was how large: as counts below bounds, which is what Prometheus keeps. */
export interface Histogram {
  /** Upper bounds, each included, in rising order. */
  readonly bounds: readonly number[]
  /** How many lie at or below each bound and above the one before; one more for those above all bounds. */
  readonly counts: number[]
  sum: number
}

export function newHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 }
}

/** From half a millisecond to ten seconds: a call is among the first, and a caller's patience ends with the last. */
export const secondsBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const

/** Counts one value. Most values are small, so the bounds are tried from the lowest. */
export function observe(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram
  let index = 0
  while (index < bounds.length && value > (bounds[index] as number)) index += 1
  counts[index] = (counts[index] as number) + 1
  histogram.sum += value
}

/** How many values were counted. */
export function countIn({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
