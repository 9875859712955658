import { Refusal } from '../protocol/errors.ts'
import type { Tag } from './key.ts'

const tagsMost = 50

interface WireTag {
  readonly TagKey: string
  readonly TagValue: string
}

/** A request's tags, checked by the rules the service model cannot say. @throws Refusal `TagException` */
export function readTags(tags: readonly WireTag[] | undefined): readonly Tag[] {
  const read = (tags ?? []).map((tag) => ({ key: tag.TagKey, value: tag.TagValue }))
  requireOwnTagKeys(read.map((tag) => tag.key))
  return requireTagSet(read)
}

/** @throws Refusal `TagException` for keys that AWS reserves to itself */
export function requireOwnTagKeys(keys: readonly string[]): void {
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw new Refusal('TagException', 'Tags beginning with aws: are reserved')
  }
}

/** Tags after adding some: a new value for a key that is there replaces the old. */
export function withTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const values = new Map([...present, ...added].map((tag) => [tag.key, tag.value]))
  return requireTagSet([...values].map(([key, value]) => ({ key, value })))
}

/**
 * Condition keys know no case: of `team` and `Team` on one thing, a policy would see one, and whoever may set the
 * other could choose which. So there are never both.
 */
function requireTagSet(tags: readonly Tag[]): readonly Tag[] {
  if (new Set(tags.map((tag) => tag.key.toLowerCase())).size < tags.length) {
    throw new Refusal('TagException', 'Duplicate tag keys')
  }
  if (tags.length > tagsMost) throw new Refusal('TagException', 'Too many tags')
  return tags
}

export function wireTag(tag: Tag): WireTag {
  return { TagKey: tag.key, TagValue: tag.value }
}
