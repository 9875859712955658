import type { RequestFacts } from '../../call/facts.ts'

/** The tags that a request sets, as condition keys. */
export function tagFacts({
  Tags,
}: {
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[]
}): RequestFacts {
  return { requestTags: Tags.map(({ Key: key, Value: value }) => ({ key, value })) }
}
