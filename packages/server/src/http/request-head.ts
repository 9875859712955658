import { FieldNames, HeadFields } from './head-fields.ts'

/**
 * The head of an HTTP/1.1 request: its first line and its header lines, read strictly. What two readers could
 * take for two different requests is taken for none (RFC 9112 §11.2, request smuggling): the only line end is
 * CR LF, there are no folded lines, no space before a colon, one host, and one way to say how long the body is.
 *
 * Text here has one character for each byte.
 */

/** A request, as far as its head says what it is. */
export interface RequestHead {
  readonly method: string
  /** The target before `?`, as sent. */
  readonly path: string
  /** The target after `?`, as sent; the empty string without one. */
  readonly query: string
  /** Header values by lower-case name; those of a repeated header are one, with commas. */
  readonly fields: ReadonlyMap<string, string>
  /** How many bytes of body follow, where that is said beforehand. */
  readonly bodyBytes: number | 'chunked'
  /** Whether the sender lets the connection stay open for another request (RFC 9112 §9.3). */
  readonly isPersistent: boolean
  /** Whether the sender holds the body back until it is asked for (RFC 9110 §10.1.1). */
  readonly isHeldBack: boolean
}

/** Why a head is none. */
export type HeadFault = 'headers too long' | 'not HTTP'

/** Far more lines than any client of ours sends. */
const linesMost = 256

/** Longer heads than usual ones are not kept for the sake of the next: somebody might send many such. */
const keptCharactersMost = 4096

/** One header line as it was read before. */
interface KnownLine {
  /** As sent, with the colon. */
  readonly prefix: string
  /** The whole line with its end and its value, until a request had another value. */
  constant: { readonly line: string; readonly value: string } | undefined
}

/** The lines of the head before. */
interface KnownLines {
  readonly names: FieldNames
  readonly lines: readonly KnownLine[]
}

interface FirstLine {
  /** As sent, with its end. */
  readonly text: string
  readonly method: string
  readonly path: string
  readonly query: string
  /** The host in a target that has one. */
  readonly authority: string | undefined
  readonly isOld: boolean
}

/**
 * Reads the heads that come over one connection. A client sends the same lines in the same order, request after
 * request, so a line is compared with the one that stood there last: what is the same need not be read again, and
 * where only the value is another, the name need not. What comes out is the same either way.
 */
export class HeadReader {
  #firstLine: FirstLine | undefined
  #known: KnownLines | undefined

  /** @param text from the first line to the empty one, which is included */
  read(text: string): RequestHead | HeadFault {
    const first = this.#readFirstLine(text)
    if (first === undefined) return 'not HTTP'
    const start = first.text.length
    const fields = this.#readKnownLines(text, start) ?? this.#readLines(text, start)
    return typeof fields === 'string' ? fields : headOf(first, fields)
  }

  #readFirstLine(text: string): FirstLine | undefined {
    if (this.#firstLine !== undefined && hasAt(text, 0, this.#firstLine.text)) return this.#firstLine
    const first = readFirstLine(text.slice(0, text.indexOf('\r\n') + 2))
    this.#firstLine = text.length <= keptCharactersMost ? first : undefined
    return first
  }

  #readKnownLines(text: string, start: number): HeadFields | undefined {
    if (this.#known === undefined || text.length > keptCharactersMost) return undefined
    return readKnownLines(text, start, this.#known)
  }

  #readLines(text: string, start: number): ReadonlyMap<string, string> | HeadFault {
    const fields = new Map<string, string>()
    const lines: KnownLine[] = []
    const end = text.length - 2
    for (let at = start; at < end; ) {
      const lineEnd = text.indexOf('\r\n', at)
      const colon = text.indexOf(':', at)
      if (colon < 0 || colon > lineEnd) return 'not HTTP'
      const sent = text.slice(at, colon)
      const value = readValue(text, colon + 1, lineEnd)
      if (!token.test(sent) || value === undefined) return 'not HTTP'
      const name = sent.toLowerCase()
      const before = fields.get(name)
      fields.set(name, before === undefined ? value : `${before},${value}`)
      const constant = { line: text.slice(at, lineEnd + 2), value }
      lines.push({ prefix: `${sent}:`, constant })
      at = lineEnd + 2
    }
    if (lines.length > linesMost) return 'headers too long'
    // Of a head that repeats a name nothing is known: the next has to be read line by line as well.
    const isKept = text.length <= keptCharactersMost && fields.size === lines.length
    this.#known = isKept ? { names: new FieldNames([...fields.keys()]), lines } : undefined
    return fields
  }
}

/** The fields of a head with the same names in the same order as the one before; nothing for any other. */
function readKnownLines(text: string, start: number, { names, lines }: KnownLines): HeadFields | undefined {
  const values: string[] = []
  let at = start
  for (const known of lines) {
    const { constant, prefix } = known
    if (constant !== undefined && hasAt(text, at, constant.line)) {
      values.push(constant.value)
      at += constant.line.length
      continue
    }
    if (!hasAt(text, at, prefix)) return undefined
    const lineEnd = text.indexOf('\r\n', at)
    const value = readValue(text, at + prefix.length, lineEnd)
    if (value === undefined) return undefined
    known.constant = undefined
    values.push(value)
    at = lineEnd + 2
  }
  return at === text.length - 2 ? new HeadFields(names, values) : undefined
}

/** Whether a text stands at a place. `startsWith` goes character by character, and is five times as dear. */
const hasAt = (text: string, at: number, wanted: string) => text.slice(at, at + wanted.length) === wanted

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Everything that a value may not hold (RFC 9110 §5.5); a CR or LF by itself is among it. */
const noValue = /[^\t\x20-\x7e\x80-\xff]/

/** A value without the white space around it. */
function readValue(text: string, start: number, end: number): string | undefined {
  let from = start
  let to = end
  while (from < to && isSpace(text.charCodeAt(from))) from += 1
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1
  const value = text.slice(from, to)
  return noValue.test(value) ? undefined : value
}

const isSpace = (code: number) => code === 0x20 || code === 0x09

/** RFC 9112 §3. A method that nobody knows is one all the same: whoever answers knows what to say to it. */
function readFirstLine(text: string): FirstLine | undefined {
  const [method = '', sent = '', version = '', ...more] = text.split(' ')
  const isOld = version === 'HTTP/1.0\r\n'
  if (more.length > 0 || !(isOld || version === 'HTTP/1.1\r\n')) return undefined
  // Only a proxy connects to elsewhere.
  if (!token.test(method) || method === 'CONNECT') return undefined
  const [, authority, rest = sent] = absoluteForm.exec(sent) ?? []
  const target = authority === undefined || rest.startsWith('/') ? rest : `/${rest}`
  if (!target.startsWith('/') && !(target === '*' && method === 'OPTIONS')) return undefined
  if (!targetPattern.test(target)) return undefined
  const mark = target.indexOf('?')
  return {
    text,
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    authority,
    isOld,
  }
}

/** A target with a host in it, as proxies are sent (RFC 9112 §3.2.2). */
const absoluteForm = /^https?:\/\/([^/?]*)(.*)$/i

/** More than RFC 3986 allows: clients are known to send what they should have encoded, and sign it. */
const targetPattern = /^[\x21\x22\x24-\x7e\x80-\xff]+$/

/** RFC 9112 §3.2: a name or address, perhaps with a port. A comma would be of two that were joined. */
const hostPattern = /^[A-Za-z0-9\-._~!$&'()*+;=%:[\]]*$/

function headOf(first: FirstLine, fields: ReadonlyMap<string, string>): RequestHead | 'not HTTP' {
  const { method, path, query, authority, isOld } = first
  const host = fields.get('host')
  if (host === undefined ? !isOld : !hostPattern.test(host)) return 'not HTTP'
  // RFC 9112 §3.2.2: both must be the same, and if one of them were believed, somebody would believe the other.
  if (authority !== undefined && authority.toLowerCase() !== host?.toLowerCase()) return 'not HTTP'
  const bodyBytes = readBodyBytes(fields, isOld)
  if (bodyBytes === undefined) return 'not HTTP'
  const connection = fields.get('connection')
  return {
    method,
    path,
    query,
    fields,
    bodyBytes,
    isPersistent: connection === undefined ? !isOld : isPersistent(connection, isOld),
    isHeldBack: !isOld && fields.get('expect')?.toLowerCase() === '100-continue' && bodyBytes !== 0,
  }
}

function isPersistent(connection: string, isOld: boolean): boolean {
  const options = connection
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
  return !options.includes('close') && (!isOld || options.includes('keep-alive'))
}

/**
 * RFC 9112 §6.3, in its strictest reading: both ways at once, a length twice, another coding than chunks or
 * chunks from an HTTP/1.0 client (§6.1) make no request. Joined values are no digits and no coding.
 */
function readBodyBytes(
  fields: ReadonlyMap<string, string>,
  isOld: boolean,
): RequestHead['bodyBytes'] | undefined {
  const length = fields.get('content-length')
  const coding = fields.get('transfer-encoding')
  if (coding !== undefined) {
    return length === undefined && !isOld && coding.toLowerCase() === 'chunked' ? 'chunked' : undefined
  }
  if (length === undefined) return 0
  return /^[0-9]{1,15}$/.test(length) ? Number(length) : undefined
}
