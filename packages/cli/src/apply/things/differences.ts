import { sameDocument, wireDocument } from '../documents.ts'
import type { Tags } from '../installation-file.ts'
import type { Json } from '../json.ts'
import type { Difference, Rank } from './thing.ts'

/** A plain member that is described and not as described. */
export function valueDifference(
  rank: Rank,
  member: string,
  { before, after }: { readonly before: Json | undefined; readonly after: Json | undefined },
  put: () => Promise<unknown>,
): readonly Difference[] {
  if (after === undefined || before === after) return []
  return [
    { rank, member, ...(before !== undefined && { before }), after, put: async () => void (await put()) },
  ]
}

/** A policy that does not say what it should. */
export function policyDifference(
  rank: Rank,
  member: string,
  { before, after }: { readonly before: Json | undefined; readonly after: Json },
  put: (text: string) => Promise<unknown>,
): readonly Difference[] {
  if (before !== undefined && sameDocument(before, after)) return []
  return [
    {
      rank,
      member,
      ...(before !== undefined && { before }),
      after,
      isPolicy: true,
      put: async () => void (await put(wireDocument(after))),
    },
  ]
}

/** Tags that are described and absent or different. */
export function tagDifferences(
  rank: Rank,
  { before, after }: { readonly before: Tags; readonly after: Tags },
  put: (tags: { Key: string; Value: string }[]) => Promise<unknown>,
): readonly Difference[] {
  return Object.entries(after).flatMap(([Key, Value]) =>
    valueDifference(rank, `tags.${Key}`, { before: before[Key], after: Value }, () => put([{ Key, Value }])),
  )
}

/** Names that are wanted in a list and are not there. */
export function missing(
  rank: Rank,
  member: string,
  { there, wanted }: { readonly there: readonly string[]; readonly wanted: readonly string[] },
  put: (name: string) => Promise<unknown>,
): readonly Difference[] {
  return wanted
    .filter((name) => !there.includes(name))
    .map((name) => ({ rank, member, after: name, put: async () => void (await put(name)) }))
}

/** What is there and not wanted, in words. */
export function surplus(
  what: string,
  { there, wanted }: { readonly there: readonly string[]; readonly wanted: readonly string[] },
): readonly string[] {
  return there.filter((name) => !wanted.includes(name)).map((name) => `${what} \`${name}\``)
}

/** Tags as the wire has them. */
export function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** Tags as the wire wants them. */
export function wireTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
