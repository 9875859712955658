import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ParsedRequest, type ParserFault, RequestParser } from '../../src/http/request-parser.ts'
import { attacks } from './attacks.ts'

/** What comes out of a parser when bytes are put into it in these pieces: requests, and how it ended. */
function outcome(pieces: readonly Buffer[]): (ParsedRequest | ParserFault)[] {
  const parser = new RequestParser()
  const out: (ParsedRequest | ParserFault)[] = []
  for (const piece of pieces) {
    parser.add(piece)
    for (let next = parser.next(); next !== undefined; next = parser.next()) {
      out.push(next)
      if (typeof next === 'string') return out
    }
  }
  return out
}

/** The same in a form that is quickly compared. */
function told(pieces: readonly Buffer[]): string[] {
  return outcome(pieces).map((each) => {
    if (typeof each === 'string') return each
    const { fields, ...rest } = each.head
    return JSON.stringify([rest, [...fields], each.body.toString('latin1')])
  })
}

/** The pieces that text falls into at these places. */
function split(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length]
  const sorted = cuts.toSorted((one, other) => one - other)
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

const character = fc.constantFrom('a', 'Z', '0', ' ', '\t', ':', ',', ';', '"', 'é', '~', '/')
const value = fc.string({ unit: character, maxLength: 30 })
const name = fc.constantFrom('X-Amz-Date', 'x-amz-target', 'Accept', 'My-Header', 'Content-Type', 'ETag')
const lines = fc.array(fc.tuple(name, value), { maxLength: 8 })
const target = fc.constantFrom('/', '/?Action=A&b=%20', '/a/b;c', '/a?b?c', '/%C3%A9')
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS')
const body = fc.oneof(fc.string({ maxLength: 40 }), fc.constant('x'.repeat(5000)))

const wellFormed = fc
  .record({
    method,
    target,
    lines,
    body,
    chunks: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
  })
  .map(({ method: verb, target: to, lines: headers, body: text, chunks }) => {
    const bytes = Buffer.from(text).toString('latin1')
    const framing = chunks === undefined ? `Content-Length: ${bytes.length}` : 'Transfer-Encoding: chunked'
    const head = [
      `${verb} ${to} HTTP/1.1`,
      'Host: localhost',
      ...headers.map((line) => line.join(':')),
      framing,
    ]
    return `${head.join('\r\n')}\r\n\r\n${chunks === undefined ? bytes : chunked(bytes, chunks)}`
  })

function chunked(bytes: string, pieces: number): string {
  const size = Math.max(1, Math.ceil(bytes.length / pieces))
  const data = bytes.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
  const written = data.map((each) => `${each.length.toString(16)};a=b\r\n${each}\r\n`)
  return `${written.join('')}0\r\nX-Trailer: t\r\n\r\n`
}

const places = fc.array(fc.nat(20_000), { maxLength: 12 })
/** Anything: well-formed requests with something in between, left out or doubled. */
const mangled = fc
  .tuple(
    fc.array(wellFormed, { minLength: 1, maxLength: 3 }),
    fc.nat(),
    fc.nat(6),
    fc.constantFrom(...'\r\n\0 :;,x'),
  )
  .map(([requests, place, length, mark]) => {
    const text = requests.join('')
    const at = place % text.length
    return text.slice(0, at) + mark + text.slice(at + length)
  })

test('whatever pieces the bytes arrive in, the same requests come out, and the same refusal', () => {
  const stream = fc.oneof(
    fc.array(wellFormed, { minLength: 1, maxLength: 4 }).map((requests) => requests.join('')),
    mangled,
    fc.constantFrom(...attacks.map(({ bytes }) => bytes).filter(({ length }) => length < 50_000)),
  )
  fc.assert(
    fc.property(stream, places, (text, cuts) => {
      expect(told(split(text, cuts))).toEqual(told(split(text, [])))
    }),
    { numRuns: 500 },
  )
})

test('byte by byte, the same requests come out, and the same refusal', () => {
  for (const { bytes } of attacks) {
    if (bytes.length > 4000) continue
    expect(told(split(bytes, [...bytes.split('').keys()]))).toEqual(told(split(bytes, [])))
  }
})

test('a request is read the same, whatever came before it over the same connection', () => {
  fc.assert(
    fc.property(wellFormed, wellFormed, wellFormed, (first, second, last) => {
      const [alone] = told(split(last, []))
      expect(told(split(first + second + last, [])).at(-1)).toEqual(alone)
      expect(told(split(last + last, []))).toEqual([alone, alone])
    }),
    { numRuns: 300 },
  )
})

test('of requests with the same lines, or more of them or fewer or others, each is read as if it were alone', () => {
  const some = fc.array(fc.tuple(name, fc.constantFrom('1', '2', ' 2', '22')), { maxLength: 4 })
  const headOf = (text: readonly (readonly string[])[]) =>
    ['GET / HTTP/1.1', 'Host: h', ...text.map((line) => line.join(':')), '', ''].join('\r\n')
  fc.assert(
    fc.property(
      some,
      fc.array(fc.tuple(fc.nat(4), some), { minLength: 1, maxLength: 4 }),
      (first, others) => {
        const heads = [
          headOf(first),
          ...others.map(([kept, more]) => headOf([...first.slice(0, kept), ...more])),
        ]
        const alone = heads.map((head) => told(split(head, []))[0])
        expect(told(split(heads.join(''), []))).toEqual(alone)
      },
    ),
    { numRuns: 2000 },
  )
})

/** A request as both readers can be asked for it. */
interface Read {
  readonly method: string | undefined
  readonly target: string | undefined
  readonly headers: readonly (readonly string[])[]
  readonly body: string
}

const byNode: (Read | undefined)[] = []
const server = createServer(async (request, response) => {
  const { method: verb, url } = request
  const place = byNode.push(undefined) - 1
  const whole = await text(request).catch(() => undefined)
  if (whole === undefined) return
  byNode[place] = { method: verb, target: url, headers: joined(request), body: whole }
  response.end()
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())))
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** Values by name, as we give them: in order of the first of a name, with commas between. */
function joined({ rawHeaders }: IncomingMessage): string[][] {
  const values = new Map<string, string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const key = String(rawHeaders[at]).toLowerCase()
    const before = values.get(key)
    values.set(key, before === undefined ? String(rawHeaders[at + 1]) : `${before},${rawHeaders[at + 1]}`)
  }
  return [...values]
}

/** What node:http makes of the first request in these bytes; nothing when it refuses it, or waits for more. */
function askNode(bytes: string): Promise<Read | undefined> {
  const { port } = server.address() as AddressInfo
  byNode.length = 0
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket.end(bytes, 'latin1'),
    )
    socket.on('error', () => undefined).once('data', () => socket.destroy())
    socket.once('end', () => socket.destroy()).once('close', () => resolve(byNode[0]))
  })
}

/** A request of ours as node:http has it. */
function asNode({ head, body: bytes }: ParsedRequest): Read {
  const { method: verb, path, query, fields } = head
  const to = query === '' ? path : `${path}?${query}`
  return { method: verb, target: to, headers: [...fields], body: bytes.toString('latin1') }
}

test('of a request that is well formed, node:http reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(wellFormed, async (request) => {
      const [ours] = outcome(split(request, []))
      if (ours === undefined || typeof ours === 'string') throw new Error(`not read: ${ours}`)
      expect(asNode(ours)).toEqual(await askNode(request))
    }),
    { numRuns: 200 },
  )
})

test('of anything else that both read, they read the same', async () => {
  let both = 0
  await fc.assert(
    fc.asyncProperty(mangled, async (stream) => {
      const [ours] = outcome(split(stream, []))
      if (ours === undefined || typeof ours === 'string') return
      const theirs = await askNode(stream)
      if (theirs === undefined) return
      both += 1
      expect(asNode(ours)).toEqual(theirs)
    }),
    { numRuns: 500 },
  )
  expect(both).toBeGreaterThan(50)
})
