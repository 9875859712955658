/**
 * A JSON reader for documents that people argue about: it knows where every value and name stands, and refuses
 * a name given twice. `JSON.parse` does neither, and silently keeps the last of two `Condition` elements.
 */

/** A value with its place in the text, `end` being the offset behind it. */
export type JsonNode = { readonly offset: number; readonly end: number } & (
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly written: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
)

/** One name of an object, and its value. */
export interface JsonMember {
  readonly name: string
  readonly offset: number
  readonly value: JsonNode
}

/** What is wrong, and where. */
export interface JsonProblem {
  readonly offset: number
  readonly message: string
}

/** The root is there when the text is JSON at all; names given twice are problems beside it. */
export interface JsonReading {
  readonly root?: JsonNode
  readonly problems: readonly JsonProblem[]
}

/** A line and a column, both counted from one, for people and editors. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Policies are five levels deep; a hostile text must not exhaust the stack. */
const depthMax = 64

/** Reads a whole text as one JSON value. */
export function readJson(text: string): JsonReading {
  const cursor: Cursor = { text, at: 0, problems: [], depth: 0 }
  skipSpace(cursor)
  const root = readValue(cursor)
  if (root === undefined) return { problems: cursor.problems }
  skipSpace(cursor)
  if (cursor.at < text.length) {
    fail(cursor, 'nothing may follow the document')
    return { problems: cursor.problems }
  }
  return { root, problems: cursor.problems }
}

/** Turns an offset into a line and a column. */
export function placeOf(text: string, offset: number): Place {
  return placesIn(text)(offset)
}

/** As `placeOf`, for many offsets of one text: it is searched for line ends once. */
export function placesIn(text: string): (offset: number) => Place {
  const lineStarts = [0]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lineStarts.push(end + 1)
  return (offset) => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
  }
}

interface Cursor {
  readonly text: string
  at: number
  depth: number
  readonly problems: JsonProblem[]
}

/** Notes the first thing that is not JSON. Nothing sensible can be said about what follows it. */
function fail(cursor: Cursor, message: string, offset: number = cursor.at): undefined {
  cursor.problems.push({ offset, message })
  return undefined
}

function skipSpace(cursor: Cursor): void {
  while (cursor.at < cursor.text.length && ' \t\n\r'.includes(cursor.text.charAt(cursor.at))) cursor.at++
}

function readValue(cursor: Cursor): JsonNode | undefined {
  const first = cursor.text[cursor.at]
  if (first === undefined) return fail(cursor, 'the text ends where a value is expected')
  if (first === '"') return readString(cursor)
  if (first === '{' || first === '[') {
    if (++cursor.depth > depthMax) return fail(cursor, `nested more than ${depthMax} levels deep`)
    const node = first === '{' ? readObject(cursor) : readArray(cursor)
    cursor.depth--
    return node
  }
  return readWord(cursor)
}

function readObject(cursor: Cursor): JsonNode | undefined {
  const offset = cursor.at++
  const members: JsonMember[] = []
  const seen = new Set<string>()
  skipSpace(cursor)
  if (take(cursor, '}')) return { kind: 'object', members, offset, end: cursor.at }
  for (;;) {
    const member = readMember(cursor)
    if (member === undefined) return undefined
    if (seen.has(member.name)) fail(cursor, `\`${member.name}\` is given twice`, member.offset)
    seen.add(member.name)
    members.push(member)
    skipSpace(cursor)
    if (take(cursor, '}')) return { kind: 'object', members, offset, end: cursor.at }
    if (!take(cursor, ',')) return fail(cursor, 'expected `,` or `}`')
    skipSpace(cursor)
  }
}

function readMember(cursor: Cursor): JsonMember | undefined {
  const offset = cursor.at
  if (cursor.text[cursor.at] !== '"') return fail(cursor, 'expected a name in double quotes')
  const name = readString(cursor)
  if (name?.kind !== 'string') return undefined
  skipSpace(cursor)
  if (!take(cursor, ':')) return fail(cursor, 'expected `:` after the name')
  skipSpace(cursor)
  const value = readValue(cursor)
  return value && { name: name.value, offset, value }
}

function readArray(cursor: Cursor): JsonNode | undefined {
  const offset = cursor.at++
  const items: JsonNode[] = []
  skipSpace(cursor)
  if (take(cursor, ']')) return { kind: 'array', items, offset, end: cursor.at }
  for (;;) {
    const item = readValue(cursor)
    if (item === undefined) return undefined
    items.push(item)
    skipSpace(cursor)
    if (take(cursor, ']')) return { kind: 'array', items, offset, end: cursor.at }
    if (!take(cursor, ',')) return fail(cursor, 'expected `,` or `]`')
    skipSpace(cursor)
  }
}

function take(cursor: Cursor, wanted: string): boolean {
  if (cursor.text[cursor.at] !== wanted) return false
  cursor.at++
  return true
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

function readString(cursor: Cursor): JsonNode | undefined {
  const { text } = cursor
  const offset = cursor.at++
  let value = ''
  let from = cursor.at
  for (; cursor.at < text.length; cursor.at++) {
    const letter = text.charAt(cursor.at)
    if (letter === '"') {
      value += text.slice(from, cursor.at++)
      return { kind: 'string', value, offset, end: cursor.at }
    }
    if (letter < ' ') return fail(cursor, 'control characters must be escaped')
    if (letter !== '\\') continue
    value += text.slice(from, cursor.at)
    const escaped = readEscape(cursor)
    if (escaped === undefined) return undefined
    value += escaped
    from = cursor.at + 1
  }
  return fail(cursor, 'the text ends within a string', offset)
}

/** Leaves the cursor on the last character of the escape. */
function readEscape(cursor: Cursor): string | undefined {
  const letter = cursor.text.charAt(++cursor.at)
  if (letter !== 'u') return escapes.get(letter) ?? fail(cursor, 'unknown escape', cursor.at - 1)
  const digits = cursor.text.slice(cursor.at + 1, cursor.at + 5)
  if (!/^[0-9a-fA-F]{4}$/.test(digits))
    return fail(cursor, '`\\u` needs four hexadecimal digits', cursor.at - 1)
  cursor.at += 4
  return String.fromCharCode(Number.parseInt(digits, 16))
}

const wordOrNumber = /[-+.A-Za-z0-9]*/y
const number = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/

function readWord(cursor: Cursor): JsonNode | undefined {
  const offset = cursor.at
  wordOrNumber.lastIndex = offset
  const word = wordOrNumber.exec(cursor.text)?.[0] ?? ''
  const end = offset + word.length
  cursor.at = end
  if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true', offset, end }
  if (word === 'null') return { kind: 'null', offset, end }
  if (number.test(word)) return { kind: 'number', written: word, offset, end }
  return fail(cursor, word === '' ? 'expected a value' : `\`${word}\` is not a value`, offset)
}
