import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { AnswerWriter } from '../../src/http/answer-writer.ts'
import { type Host, HttpConnection } from '../../src/http/http-connection.ts'
import { Origin } from '../../src/http/origin.ts'
import type { ParsedRequest } from '../../src/http/request-parser.ts'
import type { WireReply } from '../../src/http/wire.ts'

/** One connection over real sockets, whose seconds pass when a test says so. */

const reply = (body: string): WireReply => ({ status: 200, contentType: 'text/plain', requestId: 'r', body })
const get = (path: string, ...lines: string[]) =>
  `GET ${path} HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

let server: Server | undefined
let client: Socket | undefined
afterEach(async () => {
  client?.destroy()
  await new Promise((resolve) => server?.close(resolve))
})

interface Opened {
  readonly client: Socket
  readonly connection: HttpConnection
  /** All that was answered so far. */
  heard(): string
  /** Requests that were asked about, by their paths. */
  readonly asked: readonly string[]
  readonly held: { bytes: number }
}

/** Opens a connection whose requests are answered with their own paths, unless a test knows better. */
async function opened(wanted: Partial<Host> = {}): Promise<Opened> {
  const asked: string[] = []
  const held = { bytes: 0 }
  const host: Host = {
    writer: new AnswerWriter(systemClock),
    answer: async ({ head }) => reply(head.path),
    refuseEarly: async () => undefined,
    unread: (reason) => ({ ...reply(reason), status: 413 }),
    hold(bytes) {
      held.bytes += bytes
      return true
    },
    ...wanted,
  }
  const counting: Host = {
    ...host,
    answer(request, ...rest) {
      asked.push(request.head.path)
      return host.answer(request, ...rest)
    },
  }
  const accepted = new Promise<HttpConnection>((resolve) => {
    server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      resolve(new HttpConnection(socket, new Origin('127.0.0.1', undefined, { byNetwork: [] }), counting)),
    )
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server?.address() as { port: number }
  const socket = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  client = socket
  let text = ''
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => {
      text += bytes.toString('latin1')
    })
  return { client: socket, connection: await accepted, heard: () => text, asked, held }
}

const bodies = (text: string) => text.match(/(?<=\r\n\r\n)[^\r\n]*?(?=HTTP\/1\.1|$)/g) ?? []
const isClosed = (socket: Socket) => expect.poll(() => socket.readableEnded || socket.destroyed).toBe(true)

describe('requests', () => {
  test('that come all at once are answered one after the other, in order', async () => {
    const finish: (() => void)[] = []
    const {
      client: socket,
      heard,
      asked,
    } = await opened({
      answer: ({ head }: ParsedRequest) =>
        new Promise<WireReply>((resolve) => finish.push(() => resolve(reply(head.path)))),
    })
    socket.write(get('/1') + get('/2') + get('/3').slice(0, 5))
    await expect.poll(() => asked).toEqual(['/1'])
    socket.write(get('/3').slice(5))
    for (const [index, path] of ['/1', '/2', '/3'].entries()) {
      await expect.poll(() => asked.length).toBe(index + 1)
      finish[index]?.()
      await expect.poll(() => bodies(heard()).at(-1)).toBe(path)
    }
    expect(bodies(heard())).toEqual(['/1', '/2', '/3'])
  })

  test('behind the last one that a sender announced are not read', async () => {
    const { client: socket, heard, asked } = await opened()
    socket.write(get('/1', 'Connection: close') + get('/2'))
    await isClosed(socket)
    expect(asked).toEqual(['/1'])
    expect(heard()).toMatch(/\r\nConnection: close\r\n/)
  })

  test('of HTTP/1.0 are one each, unless the sender wants more', async () => {
    const { client: socket, heard } = await opened()
    socket.write('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n')
    await isClosed(socket)
    expect(bodies(heard())).toEqual(['/1', '/2'])
    expect(heard()).toMatch(/Connection: keep-alive[\s\S]*Connection: close/)
  })

  test('for a head alone are answered as for the whole, without it', async () => {
    const { client: socket, heard } = await opened()
    socket.write('HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n')
    await expect.poll(() => heard()).toMatch(/\r\nContent-Length: 4\r\n[\s\S]*\r\n\r\n$/)
    socket.write(get('/2'))
    await expect.poll(() => heard()).toMatch(/\r\n\r\nHTTP[\s\S]*\r\n\r\n\/2$/)
  })

  test('are all answered when their sender has nothing more to say', async () => {
    const finish: (() => void)[] = []
    const { client: socket, heard } = await opened({
      answer: ({ head }) => new Promise((resolve) => finish.push(() => resolve(reply(head.path)))),
    })
    socket.end(get('/1') + get('/2'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const index of [0, 1]) {
      await expect.poll(() => finish[index]).toBeDefined()
      finish[index]?.()
    }
    await isClosed(socket)
    expect(bodies(heard())).toEqual(['/1', '/2'])
  })

  test('that break off are not answered', async () => {
    const { client: socket, heard } = await opened()
    socket.end(get('/1').slice(0, -1))
    await isClosed(socket)
    expect(heard()).toBe('')
  })
})

describe('a body that its sender holds back', () => {
  const head = 'POST /1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'

  test('is asked for', async () => {
    const { client: socket, heard } = await opened()
    socket.write(head)
    await expect.poll(heard).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('{}')
    await expect.poll(() => heard()).toMatch(/200 OK[\s\S]*\/1$/)
  })

  test('is not asked for when the request is refused without it', async () => {
    const refuseEarly = async () => ({ ...reply('no'), status: 400 })
    const { client: socket, heard, asked } = await opened({ refuseEarly })
    socket.write(head)
    await isClosed(socket)
    expect(heard()).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[\s\S]*Connection: close\r\n\r\nno$/)
    expect(asked).toEqual([])
  })

  test('and that comes at once all the same is read with its request', async () => {
    const { client: socket, heard } = await opened()
    socket.write(`${head}{}`)
    await expect.poll(() => heard()).toMatch(/^HTTP\/1.1 200 OK/)
  })
})

describe('whoever takes too long', () => {
  const pass = (connection: HttpConnection, seconds: number) => {
    for (let second = 0; second < seconds; second += 1) connection.tick()
  }

  test('over the first byte is hung up on', async () => {
    const { client: socket, connection, heard } = await opened()
    pass(connection, 10)
    await isClosed(socket)
    expect(heard()).toBe('')
  })

  test.each([
    ['headers', 10, 'POST / HTTP/1.1\r\nHost: h\r\n'],
    ['a body', 30, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n{}'],
    ['chunks', 30, 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx'],
  ])('over %s is told so, however often a byte comes', async (_what, seconds, bytes) => {
    const { client: socket, connection, heard, held } = await opened()
    for (const byte of bytes) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => held.bytes).toBeGreaterThan(0)
    pass(connection, seconds - 1)
    expect(heard()).toBe('')
    pass(connection, 1)
    await isClosed(socket)
    expect(heard()).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n[\s\S]*too slow$/)
    expect(held.bytes).toBe(0)
  })

  test('over the next request is hung up on, but not before clients do', async () => {
    const { client: socket, connection, heard } = await opened()
    socket.write(get('/1'))
    await expect.poll(() => bodies(heard())).toEqual(['/1'])
    pass(connection, 76)
    socket.write(get('/2'))
    await expect.poll(() => bodies(heard())).toEqual(['/1', '/2'])
    pass(connection, 77)
    await isClosed(socket)
  })

  test('over reading an answer is hung up on, and has no further request answered meanwhile', async () => {
    const large = 'x'.repeat(1 << 20)
    const { client: socket, connection, asked } = await opened({ answer: async () => reply(large) })
    socket.pause()
    socket.write(get('/1').repeat(100))
    await expect.poll(() => asked.length).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(asked.length).toBeLessThan(20)
    pass(connection, 30)
    socket.resume()
    await isClosed(socket)
  })

  test('over a last answer has as long for it as over any other', async () => {
    const large = 'x'.repeat(1 << 23)
    const { client: socket, connection, heard } = await opened({ answer: async () => reply(large) })
    socket.pause()
    socket.write(get('/1', 'Connection: close'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    pass(connection, 10)
    socket.resume()
    await isClosed(socket)
    expect(heard().length).toBeGreaterThan(large.length)
  })

  test('over hanging up after us is cut off', async () => {
    const { client: socket, connection, heard } = await opened()
    socket.write('NONSENSE\r\n\r\n')
    await expect.poll(heard).toMatch(/^HTTP\/1.1 400/)
    socket.write('x')
    pass(connection, 2)
    await expect.poll(() => server?.connections ?? 0).toBe(0)
  })

  test('to be answered is no sender’s fault', async () => {
    let finish: (() => void) | undefined
    const {
      client: socket,
      connection,
      heard,
    } = await opened({
      answer: () =>
        new Promise((resolve) => {
          finish = () => resolve(reply('late'))
        }),
    })
    socket.write(get('/1'))
    await expect.poll(() => finish).toBeDefined()
    pass(connection, 1000)
    finish?.()
    await expect.poll(() => bodies(heard())).toEqual(['late'])
  })
})

test('what is held of a request that is not all there is counted, and let go of', async () => {
  const { client: socket, heard, held } = await opened()
  socket.write(`POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n${'x'.repeat(4000)}`)
  await expect.poll(() => held.bytes).toBeGreaterThanOrEqual(4000)
  socket.write('x'.repeat(1000))
  await expect.poll(() => bodies(heard())).toEqual(['/1'])
  expect(held.bytes).toBe(0)
})

test('where too much is held already, a request that is long in coming is refused', async () => {
  const { client: socket, heard } = await opened({ hold: (bytes) => bytes <= 0 })
  socket.write(`${get('/1')}POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n{`)
  await isClosed(socket)
  expect(bodies(heard())).toEqual(['/1', 'overloaded'])
})
