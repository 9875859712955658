import { type Fragment, matchesWildcard, type Wildcard, wildcardOf } from './wildcard.ts'

/**
 * ARNs against patterns, part by part: `arn:partition:service:region:account:resource`. A `*` stays within its
 * part; only the resource, being the last one, may itself hold colons.
 */
export interface ArnPattern {
  readonly parts: readonly Wildcard[]
}

const partsOfAnArn = 6
const colon = 0x3a

/** Reads an ARN pattern; undefined when it has fewer than six parts. */
export function arnPattern(fragments: readonly Fragment[]): ArnPattern | undefined {
  const parts = splitParts(fragments)
  return parts.length === partsOfAnArn ? { parts: parts.map(wildcardOf) } : undefined
}

/** As `arnPattern`, with `*` for whatever parts are missing, which is how a `Resource` is completed. */
export function completedArnPattern(fragments: readonly Fragment[]): ArnPattern {
  const parts = splitParts(fragments).map(wildcardOf)
  while (parts.length < partsOfAnArn) parts.push({ kind: 'all' })
  return { parts }
}

/** Says whether the pattern covers this ARN. What is not an ARN is covered by no ARN pattern. */
export function matchesArn({ parts }: ArnPattern, arn: string): boolean {
  let start = 0
  for (let index = 0; index < partsOfAnArn; index++) {
    const last = index === partsOfAnArn - 1
    const end = last ? arn.length : arn.indexOf(':', start)
    if (end === -1) return false
    const part = parts[index]
    if (part === undefined || !matchesWildcard(part, arn, start, end)) return false
    start = end + 1
  }
  return true
}

/** Cuts at the first five colons, wherever they came from. */
function splitParts(fragments: readonly Fragment[]): Fragment[][] {
  let current: Fragment[] = []
  const parts = [current]
  for (const { text, literal } of fragments) {
    let start = 0
    for (let index = 0; index < text.length && parts.length < partsOfAnArn; index++) {
      if (text.charCodeAt(index) !== colon) continue
      current.push({ text: text.slice(start, index), literal })
      current = []
      parts.push(current)
      start = index + 1
    }
    current.push({ text: text.slice(start), literal })
  }
  return parts
}
