import { Refusal } from '../protocol/errors.ts'

/** A tag of a user, role, policy or instance profile. */
export interface Tag {
  readonly key: string
  readonly value: string
}

interface WireTag {
  readonly Key: string
  readonly Value: string
}

const tagsMost = 50

/** A request's tags, checked by the rules the service model cannot say. @throws Refusal `InvalidInputException` */
export function readTags(tags: readonly WireTag[] = []): readonly Tag[] {
  const keys = tags.map((tag) => tag.Key.toLowerCase())
  if (new Set(keys).size < keys.length) {
    throw new Refusal(
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
  }
  if (keys.some((key) => key.startsWith('aws:'))) {
    throw new Refusal('InvalidInputException', 'System tags cannot be added/updated/removed by users')
  }
  return tags.map(({ Key: key, Value: value }) => ({ key, value }))
}

/** Tags after adding some. A key that is there in any case is replaced. @throws Refusal `LimitExceededException` */
export function withTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = added.map(({ key }) => key)
  const tags = [...withoutTags(present, keys), ...added]
  if (tags.length > tagsMost) {
    throw new Refusal('LimitExceededException', `Cannot exceed quota for TagsPerResource: ${tagsMost}`)
  }
  return tags
}

/** Tags after taking some away, by their keys in any case. */
export function withoutTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return present.filter(({ key }) => !gone.has(key.toLowerCase()))
}

/** A tag as IAM writes it. */
export function wireTag({ key, value }: Tag): WireTag {
  return { Key: key, Value: value }
}

/** The `Tags` of an answer, which has none for something without. */
export function wireTags(tags: readonly Tag[]): { readonly Tags?: readonly WireTag[] } {
  return tags.length === 0 ? {} : { Tags: tags.map(wireTag) }
}
