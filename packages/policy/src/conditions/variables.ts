import type { Fragment } from '../matching/wildcard.ts'

/** Policy variables: `${aws:username}`, `${aws:username, 'nobody'}`, and the escapes `${*}`, `${?}`, `${$}`. */

/** A variable: the condition key it stands for, and what stands in when the request has no such key. */
export interface Variable {
  readonly lowerCaseKey: string
  readonly fallback?: string
}

/** A pattern or value as written, cut at its variables. */
export interface Template {
  readonly written: string
  readonly pieces: readonly (Fragment | Variable)[]
  /** Whether any piece is a variable, so that the text differs from request to request. */
  readonly varies: boolean
}

/** What `resolve` needs to know of a request. */
export interface Lookup {
  find(lowerCaseName: string): string | readonly string[] | undefined
}

/** A text in which `${` means nothing: every policy before version 2012-10-17, and most elements after it. */
export function plainTemplate(written: string): Template {
  return { written, pieces: [{ text: written, literal: false }], varies: false }
}

/** Reads a text with variables. What only looks like a variable stays text. */
export function readTemplate(written: string): Template {
  const pieces: (Fragment | Variable)[] = []
  let from = 0
  for (let open = written.indexOf('${'); open !== -1; open = written.indexOf('${', from)) {
    const close = written.indexOf('}', open)
    if (close === -1) break
    if (open > from) pieces.push({ text: written.slice(from, open), literal: false })
    pieces.push(readVariable(written.slice(open + 2, close)))
    from = close + 1
  }
  if (from < written.length || pieces.length === 0) pieces.push({ text: written.slice(from), literal: false })
  return { written, pieces, varies: pieces.some((piece) => !('text' in piece)) }
}

/**
 * As `readTemplate` for a `Resource`: AWS knows variables only behind the fifth colon. Before it, `${…}` is
 * plain text, which no ARN contains.
 */
export function readResourceTemplate(written: string): Template {
  let fifth = -1
  for (let colons = 0; colons < 5; colons++) {
    fifth = written.indexOf(':', fifth + 1)
    if (fifth === -1) return plainTemplate(written)
  }
  const { pieces, varies } = readTemplate(written.slice(fifth + 1))
  return { written, pieces: [{ text: written.slice(0, fifth + 1), literal: false }, ...pieces], varies }
}

/**
 * The text for one request, or undefined when a variable has no value and no default. Values go in as literal
 * text: a user named `*` must not be everyone.
 */
export function resolve(template: Template, lookup: Lookup): Fragment[] | undefined {
  const fragments: Fragment[] = []
  for (const piece of template.pieces) {
    const fragment = 'text' in piece ? piece : resolveVariable(piece, lookup)
    if (fragment === undefined) return undefined
    fragments.push(fragment)
  }
  return fragments
}

function resolveVariable({ lowerCaseKey, fallback }: Variable, lookup: Lookup): Fragment | undefined {
  const value = lookup.find(lowerCaseKey)
  // A key with several values has no single text to put here.
  const text = typeof value === 'string' ? value : fallback
  return text === undefined ? undefined : { text, literal: true }
}

function readVariable(inside: string): Fragment | Variable {
  if (inside === '*' || inside === '?' || inside === '$') return { text: inside, literal: true }
  const comma = inside.indexOf(',')
  const key = (comma === -1 ? inside : inside.slice(0, comma)).trim().toLowerCase()
  if (comma === -1) return { lowerCaseKey: key }
  const written = inside.slice(comma + 1).trim()
  const quoted = written.length >= 2 && written.startsWith("'") && written.endsWith("'")
  return quoted ? { lowerCaseKey: key, fallback: written.slice(1, -1) } : { lowerCaseKey: key }
}
