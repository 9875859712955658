/**
 * Text against patterns with `*` (any run, also none) and `?` (any one character). Matching walks both once
 * and goes back only to the last `*`, so a hostile pattern costs at most pattern × text and never blows up.
 */

/** A stretch of pattern text. In a literal one, `*` and `?` stand for themselves. */
export interface Fragment {
  readonly text: string
  readonly literal: boolean
}

/** A pattern read once. Most are plain text or a prefix, and those need no walk at all. */
export type Wildcard =
  | { readonly kind: 'all' }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'glob'; readonly codes: readonly number[] }

/** Negative, so that no character of a request can be mistaken for them. */
const anyRun = -1
const anyOne = -2

/** Reads a pattern as its author wrote it: every `*` and `?` is a wildcard. */
export function wildcard(text: string): Wildcard {
  return wildcardOf([{ text, literal: false }])
}

/** Reads a pattern put together from stretches, some of which came out of variables. */
export function wildcardOf(fragments: readonly Fragment[]): Wildcard {
  const codes = fragments.flatMap(codesOf)
  const special = codes.findIndex((code) => code < 0)
  if (special === -1) return { kind: 'exact', text: textOf(fragments) }
  if (special === codes.length - 1 && codes[special] === anyRun) {
    return special === 0 ? { kind: 'all' } : { kind: 'prefix', text: textOf(fragments).slice(0, special) }
  }
  return { kind: 'glob', codes }
}

/** The stretches as one text, wildcards and all. */
export function textOf(fragments: readonly Fragment[]): string {
  return fragments.map((fragment) => fragment.text).join('')
}

/** Says whether the pattern covers the text from `start` up to `end`. */
export function matchesWildcard(
  pattern: Wildcard,
  text: string,
  start: number = 0,
  end: number = text.length,
): boolean {
  switch (pattern.kind) {
    case 'all':
      return true
    case 'exact':
      return end - start === pattern.text.length && text.startsWith(pattern.text, start)
    case 'prefix':
      return end - start >= pattern.text.length && text.startsWith(pattern.text, start)
    case 'glob':
      return matchesCodes(pattern.codes, text, start, end)
  }
}

function codesOf({ text, literal }: Fragment): number[] {
  const codes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (!literal && code === 0x2a) {
      // Two stars in a row mean what one means, and would only cost time.
      if (codes.at(-1) !== anyRun) codes.push(anyRun)
    } else codes.push(!literal && code === 0x3f ? anyOne : code)
  }
  return codes
}

function matchesCodes(codes: readonly number[], text: string, start: number, end: number): boolean {
  let at = start
  let next = 0
  let starAt = -1
  let resumeAt = start
  while (at < end) {
    const code = codes[next]
    if (code === anyRun) {
      starAt = next++
      resumeAt = at
    } else if (code === anyOne || code === text.charCodeAt(at)) {
      at++
      next++
    } else if (starAt >= 0) {
      next = starAt + 1
      at = ++resumeAt
    } else return false
  }
  while (codes[next] === anyRun) next++
  return next === codes.length
}
