import { Refusal } from '../protocol/errors.ts'

/** A place in a list: the key columns of the last thing on the page before. */
export type Position = readonly (string | number)[]

/** The marker a caller gives back to go on; opaque to them, and no secret: it names what they were just shown. */
export function markerOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws Refusal `InvalidMarkerException` for anything this service did not give out */
export function readMarker(marker: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(marker, 'base64url').toString())
    if (Array.isArray(position) && position.length > 0 && position.every(isPart)) return position
  } catch {
    // Not JSON: the same refusal as any other foreign text.
  }
  throw new Refusal('InvalidMarkerException', 'Invalid Marker value.')
}

function isPart(part: unknown): part is string | number {
  return typeof part === 'string' || Number.isSafeInteger(part)
}

/** Items per page: [when the caller names no limit, at most]. AWS KMS API Reference, `Limit` of each operation. */
export const pageSizes = {
  ListAliases: [50, 100],
  ListGrants: [50, 100],
  ListKeyPolicies: [100, 1000],
  ListKeys: [100, 1000],
  ListResourceTags: [50, 50],
  ListRetirableGrants: [50, 100],
} as const

interface PageRequest {
  readonly Limit?: number
  readonly Marker?: string
}

/** What a caller's `Limit` and `Marker` come to. A limit above the operation's own is brought down to it. */
export function pageOf(operation: keyof typeof pageSizes, input: PageRequest) {
  const [usual, most] = pageSizes[operation]
  const limit = Math.min(input.Limit ?? usual, most)
  return input.Marker === undefined ? { limit } : { limit, after: readMarker(input.Marker) }
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
