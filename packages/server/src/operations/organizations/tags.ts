import type { RequestFacts } from '../../call/facts.ts'
import type { Tag } from '../../identity/tags.ts'
import { Refusal } from '../../protocol/errors.ts'

interface WireTag {
  readonly Key: string
  readonly Value: string
}

const tagsMost = 50

/** A request's tags, by the rules that the service model cannot say. @throws Refusal `InvalidInputException` */
export function readTags(tags: readonly WireTag[] = []): readonly Tag[] {
  const keys = tags.map(({ Key }) => Key)
  if (new Set(keys).size < keys.length) {
    throw new Refusal(
      'InvalidInputException',
      'Tag keys must be unique among the tags attached to the same entity.',
      { reason: 'DUPLICATE_TAG_KEY' },
    )
  }
  checkTagKeys(keys)
  return withTags(
    [],
    tags.map(({ Key: key, Value: value }) => ({ key, value })),
  )
}

/** @throws Refusal `InvalidInputException` for tags that are AWS's own */
export function checkTagKeys(keys: readonly string[]): void {
  if (!keys.some((key) => key.toLowerCase().startsWith('aws:'))) return
  throw new Refusal(
    'InvalidInputException',
    "You specified a tag key that is a system tag. You can't add, edit, or delete system tag keys.",
    { reason: 'INVALID_SYSTEM_TAGS_PARAMETER' },
  )
}

/** Tags after adding some; a key that is there is replaced. @throws Refusal `ConstraintViolationException` */
export function withTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const keys = added.map(({ key }) => key)
  const tags = [...withoutTags(present, keys), ...added]
  if (tags.length <= tagsMost) return tags
  throw new Refusal(
    'ConstraintViolationException',
    'You have exceeded the number of tags allowed on this resource.',
    { reason: 'MAX_TAG_LIMIT_EXCEEDED' },
  )
}

/** Tags after taking some away. */
export function withoutTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return present.filter(({ key }) => !keys.includes(key))
}

/** What policies may ask of the tags in a request. */
export function tagFacts({ Tags: tags = [] }: { readonly Tags?: readonly WireTag[] }): RequestFacts {
  return tags.length === 0 ? {} : { requestTags: tags.map(({ Key: key, Value: value }) => ({ key, value })) }
}
