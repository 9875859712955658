import type { Caller } from '../../call/call.ts'
import { tagsOver } from '../../identity/session.ts'
import type { Tag } from '../../identity/tags.ts'
import { Refusal } from '../../protocol/errors.ts'

interface Passed {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[]
  readonly TransitiveTagKeys?: readonly string[]
}

/** The tags of a session to be: those that were passed, and those that the caller's own session hands on. */
export interface SessionTags {
  readonly passed: readonly Tag[]
  readonly all: readonly Tag[]
  readonly transitiveKeys: readonly string[]
}

/** @throws Refusal `ValidationException` for tags that cannot be a session's, or not together with the caller's */
export function readSessionTags({ Tags = [], TransitiveTagKeys = [] }: Passed, caller: Caller): SessionTags {
  const passed = Tags.map(({ Key: key, Value: value }) => ({ key, value }))
  const keys = new Set(passed.map(({ key }) => key.toLowerCase()))
  const refuse = (message: string) => new Refusal('ValidationException', message)
  if (keys.size < passed.length) {
    throw refuse('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  if ([...keys].some((key) => key.startsWith('aws:'))) {
    throw refuse('Session tag keys must not begin with aws:')
  }
  if (TransitiveTagKeys.some((key) => !keys.has(key.toLowerCase()))) {
    throw refuse('Every transitive tag key must be the key of a session tag that is passed.')
  }
  const inherited = caller.session?.transitiveTags ?? []
  if (inherited.some(({ key }) => keys.has(key.toLowerCase()))) {
    throw refuse(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  return {
    passed,
    all: tagsOver(inherited, passed),
    transitiveKeys: [...inherited.map(({ key }) => key), ...TransitiveTagKeys],
  }
}
