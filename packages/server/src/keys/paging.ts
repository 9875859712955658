import { markerOf, type Position, readMarker } from '../base/marker.ts'
import { Refusal } from '../protocol/errors.ts'

/** What is said to a marker that no list gave out, or that names what is not there any more. */
export function invalidMarker(): Refusal {
  return new Refusal('InvalidMarkerException', 'Invalid Marker value.')
}

/** Items per page: [when the caller names no limit, at most]. AWS KMS API Reference, `Limit` of each operation. */
export const pageSizes = {
  DescribeCustomKeyStores: [100, 1000],
  ListAliases: [50, 100],
  ListGrants: [50, 100],
  ListKeyPolicies: [100, 1000],
  ListKeyRotations: [100, 1000],
  ListKeys: [100, 1000],
  ListResourceTags: [50, 50],
  ListRetirableGrants: [50, 100],
} as const

interface PageRequest {
  readonly Limit?: number
  readonly Marker?: string
}

/**
 * What a caller's `Limit` and `Marker` come to; the marker has as many parts as the list's positions. A limit above the
 * operation's own is brought down to it.
 *
 * @throws Refusal `InvalidMarkerException` for anything this list did not give out
 */
export function pageOf(operation: keyof typeof pageSizes, input: PageRequest, positionParts = 1) {
  const [usual, most] = pageSizes[operation]
  const limit = Math.min(input.Limit ?? usual, most)
  if (input.Marker === undefined) return { limit }
  const after = readMarker(input.Marker, positionParts)
  if (after === undefined) throw invalidMarker()
  return { limit, after }
}

/** One page of something read with one item more than fits, and how to go on. */
export function page<T>(read: readonly T[], limit: number, positionOf: (last: T) => Position) {
  const items = read.slice(0, limit)
  const last = items.at(-1)
  const more = read.length > limit && last !== undefined
  return {
    items,
    ending: more ? { Truncated: true, NextMarker: markerOf(positionOf(last)) } : { Truncated: false },
  }
}
