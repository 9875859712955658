import { describe, expect, test } from 'vitest'
import { type ParsedRequest, RequestParser } from '../../src/http/request-parser.ts'
import { attacks } from './attacks.ts'

/** The requests in these bytes, and why there are no more. */
function read(bytes: string): { requests: ParsedRequest[]; fault: string | undefined } {
  const parser = new RequestParser()
  parser.add(Buffer.from(bytes, 'latin1'))
  const requests: ParsedRequest[] = []
  for (;;) {
    const next = parser.next()
    if (next === undefined || typeof next === 'string') return { requests, fault: next }
    requests.push(next)
  }
}

function only(bytes: string): ParsedRequest {
  const [request, ...more] = read(bytes).requests
  if (request === undefined || more.length > 0) throw new Error('not one request')
  return request
}

describe('of what could be read in two ways nothing is read', () => {
  test.each(attacks)('$title', ({ bytes, requests = [], fault }) => {
    const out = read(bytes)
    expect(out.requests.map(({ head }) => head.path)).toEqual(requests)
    expect(out.fault).toBe(fault)
  })
})

test('after a fault nothing more is read, whatever comes', () => {
  const parser = new RequestParser()
  parser.add(Buffer.from('NONSENSE\r\n\r\n'))
  expect(parser.next()).toBe('not HTTP')
  parser.add(Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))
  expect(parser.next()).toBe('not HTTP')
})

test('a body in chunks is what the chunks hold', () => {
  const head = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n'
  const { body } = only(`${head}3\r\nab\r\r\nA\r\n0123456789\r\n0\r\n\r\n`)
  expect(body.toString()).toBe('ab\r0123456789')
})

test('headers have lower-case names, bare values, and commas where they are repeated', () => {
  const { head } = only('GET / HTTP/1.1\r\nHOST: \t h \r\nX-A:1\r\nx-b:\r\nX-a: 2  3\r\n\r\n')
  expect([...head.fields]).toEqual([
    ['host', 'h'],
    ['x-a', '1,2  3'],
    ['x-b', ''],
  ])
})

describe('a connection stays open', () => {
  const rows: [version: string, connection: string | undefined, stays: boolean][] = [
    ['1.1', undefined, true],
    ['1.1', 'keep-alive', true],
    ['1.1', 'close', false],
    ['1.1', 'Upgrade, CLOSE', false],
    ['1.1', 'Upgrade', true],
    ['1.0', undefined, false],
    ['1.0', 'Keep-Alive', true],
    ['1.0', 'keep-alive, close', false],
  ]
  test.each(rows)('HTTP/%s with Connection: %s — %s', (version, connection, stays) => {
    const line = connection === undefined ? '' : `Connection: ${connection}\r\n`
    expect(only(`GET / HTTP/${version}\r\nHost: h\r\n${line}\r\n`).head.isPersistent).toBe(stays)
  })
})

describe('a sender waits to be asked for the body', () => {
  const rows: [title: string, version: string, lines: string, waits: boolean][] = [
    ['when it says so', '1.1', 'Expect: 100-Continue\r\nContent-Length: 2\r\n', true],
    ['but has nothing to send', '1.1', 'Expect: 100-continue\r\nContent-Length: 0\r\n', false],
    ['which HTTP/1.0 cannot mean', '1.0', 'Expect: 100-continue\r\nContent-Length: 2\r\n', false],
    ['and not for what else it expects', '1.1', 'Expect: tea\r\nContent-Length: 2\r\n', false],
  ]
  test.each(rows)('%s', (_title, version, lines, waits) => {
    const parser = new RequestParser()
    parser.add(Buffer.from(`POST / HTTP/${version}\r\nHost: h\r\n${lines}\r\n`))
    const next = parser.next()
    const head = parser.head ?? (typeof next === 'object' ? next.head : undefined)
    expect(head?.isHeldBack).toBe(waits)
  })
})

test('who announces a body and sends none holds next to nothing', () => {
  const parser = new RequestParser()
  parser.add(Buffer.from('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n'))
  expect(parser.next()).toBeUndefined()
  expect(parser.heldBytes).toBeLessThanOrEqual(4096)
  for (let sent = 0; sent < 10_000; sent += 1) {
    parser.add(Buffer.from('x'))
    parser.next()
  }
  expect(parser.heldBytes).toBeLessThanOrEqual(20_000)
})

test.each([
  ['targets', (n: number) => `GET http://${'a'.repeat(n)}`],
  ['white space', (n: number) => `GET / HTTP/1.1\r\nHost: h\r\nConnection: ${' '.repeat(n)}x\r\n\r\n`],
  ['commas', (n: number) => `GET / HTTP/1.1\r\nHost: h\r\nConnection: ${','.repeat(n)}\r\n\r\n`],
])('long %s cost time in proportion to their length', (_what, bytes) => {
  const before = performance.now()
  for (let times = 0; times < 20; times += 1) read(bytes(15_000))
  expect(performance.now() - before).toBeLessThan(500)
})
