import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { type Listener, type ListenerSettings, listen } from '../../src/http/listener.ts'
import type { WireRequest } from '../../src/http/wire.ts'

const quiet = { status: 200, contentType: 'text/plain', requestId: 'r', body: 'ok' }
let heard: WireRequest | undefined
let listener: Listener | undefined
afterEach(async () => {
  await listener?.close()
  listener = undefined
})

async function listening(settings: Partial<ListenerSettings>): Promise<Listener> {
  listener = await listen({
    listen: { host: '127.0.0.1', port: 0 },
    trustedProxies: [],
    clock: systemClock,
    answer: async (wire) => {
      heard = wire
      return quiet
    },
    unread: (reason) => ({ ...quiet, status: 413, body: reason }),
    ...settings,
  })
  return listener
}

/** One request; resolves with the status. */
function ask(
  url: string,
  headers: Record<string, string | string[]> = {},
  options: object = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https') ? tlsRequest : request
    const call = send(url, { headers, agent: false, ...options }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    call.on('error', reject).end()
  })
}

describe('the address of a caller', () => {
  const cases: [
    title: string,
    proxies: string[],
    forwarded: string | string[] | undefined,
    sourceIp: string,
  ][] = [
    ['is that of the connection', [], undefined, '127.0.0.1'],
    ['is not what a header claims, when nobody is trusted', [], '192.0.2.1', '127.0.0.1'],
    ['is what a trusted proxy reports', ['127.0.0.0/8'], '192.0.2.1', '192.0.2.1'],
    ['is the connection’s when a trusted proxy reports none', ['127.0.0.0/8'], undefined, '127.0.0.1'],
    [
      'is the last that no trusted proxy vouches for',
      ['127.0.0.1', '10.0.0.0/8'],
      '198.51.100.9, 192.0.2.1, 10.1.2.3',
      '192.0.2.1',
    ],
    ['is found through a header that is repeated', ['127.0.0.1'], ['198.51.100.9', '192.0.2.1'], '192.0.2.1'],
    ['may be IPv6', ['127.0.0.1'], '2001:db8::1', '2001:db8::1'],
    ['is never something that is no address', ['127.0.0.1'], 'unknown', '127.0.0.1'],
  ]
  test.each(cases)('%s', async (_title, trustedProxies, forwarded, sourceIp) => {
    const { url } = await listening({ trustedProxies })
    await ask(url, forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded })
    expect(heard?.connection.sourceIp).toBe(sourceIp)
  })
})

test('a port that is taken is refused with a sentence', async () => {
  const { url } = await listening({})
  const port = Number(new URL(url).port)
  await expect(
    listen({
      listen: { host: '127.0.0.1', port },
      trustedProxies: [],
      clock: systemClock,
      answer: async () => quiet,
      unread: () => quiet,
    }),
  ).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: something else listens there already`)
})

test('closing waits for the calls that are under way, and keeps no connection open for more', async () => {
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const began = new Promise<void>((resolve) => {
    void listening({
      answer: async () => {
        resolve()
        await finished
        return quiet
      },
    })
  })
  await expect.poll(() => listener?.url).toBeDefined()
  const status = ask(listener?.url ?? '', { Connection: 'keep-alive' })
  await began
  let closed = false
  const closing = listener?.close().then(() => {
    closed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(closed).toBe(false)
  finish()
  expect(await status).toBe(200)
  await closing
  listener = undefined
})

test('what is no HTTP, or too long to be any, is answered with a request id all the same', async () => {
  const { url } = await listening({})
  const exchange = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let heardBack = ''
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
      socket.setEncoding('utf8').on('data', (chunk) => {
        heardBack += chunk
      })
      socket.on('close', () => resolve(heardBack)).on('error', reject)
    })
  const noHttp = await exchange('GARBAGE\r\n\r\n')
  expect(noHttp).toMatch(/^HTTP\/1.1 400 Bad Request\r\nx-amzn-RequestId: r\r\n/)
  expect(noHttp).toMatch(/\r\n\r\nnot HTTP$/)
  const long = await exchange(`GET / HTTP/1.1\r\nHost: h\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`)
  expect(long).toMatch(/^HTTP\/1.1 431 [\s\S]*x-amzn-RequestId: r[\s\S]*headers too long$/)
})

describe('over TLS', () => {
  const tls = {
    cert: readFileSync(join(import.meta.dirname, '../wire/localhost.crt')),
    key: readFileSync(join(import.meta.dirname, '../wire/localhost.key')),
  }

  test('requests arrive with what the connection was secured by', async () => {
    const { url } = await listening({ tls })
    expect(url).toMatch(/^https:/)
    expect(await ask(url, {}, { rejectUnauthorized: false })).toBe(200)
    expect(heard?.connection.tls).toEqual({ version: 'TLSv1.3', cipherSuite: expect.stringMatching(/^TLS_/) })
  })

  test('versions before 1.2 are not spoken', async () => {
    const { url } = await listening({ tls })
    const old = { rejectUnauthorized: false, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }
    await expect(ask(url, {}, old)).rejects.toThrow()
  })
})

test.each([
  { connectionsMost: 2 },
  { connectionsMost: 4, sharers: 2 },
])('where there is no room for another connection, the one that was idle for longest makes it: %o', async (room) => {
  const { url } = await listening(room)
  const open = () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined).resume()
    const answered = new Promise<void>((resolve) => void socket.once('data', () => resolve()))
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    return { socket, answered }
  }
  const first = open()
  await first.answered
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const second = open()
  await second.answered
  const third = open()
  await third.answered
  await expect.poll(() => first.socket.destroyed).toBe(true)
  expect(second.socket.destroyed).toBe(false)
  for (const { socket } of [second, third]) socket.destroy()
})
