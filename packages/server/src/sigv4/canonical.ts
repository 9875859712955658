/**
 * The canonical form of a request, which is what SigV4 signs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * Text here is as it came over the wire: one character for each byte. That is how Node gives header values,
 * and it keeps UTF-8 that a client signed the same bytes when we hash it.
 */

export interface CanonicalParts {
  readonly method: string
  /** The target before `?`, as sent. */
  readonly path: string
  /** The target after `?`, as sent, or the empty string. */
  readonly query: string
  /** Values by lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  /** Lower-case and sorted. */
  readonly signedHeaders: readonly string[]
  /** The SHA-256 of the body in hex. */
  readonly bodyHash: string
  /** How the path is signed; in its normal form unless said otherwise. */
  readonly pathForm?: PathForm
}

/** Paths are signed in a normal form, encoded once more; only those of S3, whose keys may be anything, as sent. */
export type PathForm = 'normal' | 'as-sent'

/** The canonical request; undefined when a header that was signed is not there. */
export function canonicalRequest(parts: CanonicalParts): string | undefined {
  const { method, path, query, headers, signedHeaders, bodyHash } = parts
  let lines = ''
  for (const name of signedHeaders) {
    const value = headers.get(name)
    if (value === undefined) return undefined
    lines += `${name}:${collapseSpaces(value)}\n`
  }
  const signedPath = parts.pathForm === 'as-sent' ? path : canonicalPath(path)
  return `${method}\n${signedPath}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders.join(';')}\n${bodyHash}`
}

/**
 * Header values by lower-case name, from names and values in wire order. The values of a repeated header are
 * one value with commas, in the order they came.
 */
export function readHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? ''
    const value = raw[index + 1] ?? ''
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${collapseSpaces(before)},${collapseSpaces(value)}`)
  }
  return headers
}

/** White space other than spaces, as HTTP knows it. JavaScript's own `\s` would also take byte A0 out of a character. */
const otherSpace = /[\t\r\n]/

/** A value without outer white space, and with one space for every run of it inside, folded lines included. */
export function collapseSpaces(value: string): string {
  // Nearly all values are so already; these questions are the cheapest that find the others.
  const isCollapsed =
    !value.includes('  ') && !value.startsWith(' ') && !value.endsWith(' ') && !otherSpace.test(value)
  if (isCollapsed) return value
  return value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

/** The path without `.`, `..` and empty segments, encoded once more than it was sent (only S3 does neither). */
export function canonicalPath(path: string): string {
  if (path === '/' || path === '') return '/'
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encodePercent(segment))
  }
  return segments.length === 0 ? '/' : `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`
}

/** The parameters sorted by name, then value, each encoded in the one way; the signature is not part of it. */
export function canonicalQuery(query: string): string {
  if (query === '') return ''
  return parseQuery(query)
    .filter(({ name }) => name !== 'X-Amz-Signature')
    .map(({ name, value }) => [encodePercent(name), encodePercent(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The parameters of a query in the order they were sent, decoded. A plus is a space, as forms have it. */
export function parseQuery(query: string): readonly { readonly name: string; readonly value: string }[] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
      return { name: decodePercent(name), value: decodePercent(value) }
    })
}

function decodePercent(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** RFC 3986 §2.3: everything but the unreserved characters becomes a percent sign and two capital digits. */
export function encodePercent(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
