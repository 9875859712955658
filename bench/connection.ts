import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** One answer, as far as a load generator looks at it. */
export interface Answer {
  readonly status: number
  /** The whole answer, for the few that somebody wants to read. Only good until the next one comes. */
  readonly bytes: Buffer
}

export interface Connection {
  send(request: Uint8Array): void
  close(): void
}

export interface ConnectionEvents {
  answered(answer: Answer): void
  failed(cause: Error): void
}

/** More than any answer here is long; a longer one comes in parts. */
const readBytes = 16_384

/**
 * A keep-alive connection for one request at a time. It reads into one buffer of its own, and of the answer only
 * what tells where it ends: a load generator that is slower than the server would measure itself.
 */
export function openConnection(
  to: { readonly host: string; readonly port: number; readonly isTls?: boolean },
  events: ConnectionEvents,
): Promise<Connection> {
  let begun: Buffer | undefined
  let isClosing = false
  const read = (chunk: Buffer): boolean => {
    const bytes = begun === undefined ? chunk : Buffer.concat([begun, chunk])
    const length = answerLength(bytes)
    if (length === undefined || bytes.length < length) {
      begun = Buffer.from(bytes)
      return true
    }
    begun = undefined
    if (bytes.length > length) events.failed(new Error('the server answered more than it was asked'))
    else events.answered({ status: statusOf(bytes), bytes })
    return true
  }
  return new Promise((resolve, reject) => {
    const socket = to.isTls ? openTls(to, read) : openPlain(to, read)
    socket.once('error', reject)
    socket.on('close', () => {
      if (!isClosing) events.failed(new Error('the server closed a connection'))
    })
    socket.once(to.isTls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject).on('error', events.failed)
      resolve({
        send: (request) => void socket.write(request),
        close() {
          isClosing = true
          socket.destroy()
        },
      })
    })
  })
}

interface Address {
  readonly host: string
  readonly port: number
}

function openPlain({ host, port }: Address, read: (chunk: Buffer) => boolean): Socket {
  return connect({
    host,
    port,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(readBytes),
      callback: (count, buffer) => read(Buffer.from(buffer.buffer, buffer.byteOffset, count)),
    },
  })
}

/** Over TLS there is no reading into a buffer of one's own. */
function openTls({ host, port }: Address, read: (chunk: Buffer) => boolean): Socket {
  const socket = connectTls({ host, port, servername: host })
  socket.setNoDelay(true)
  return socket.on('data', (chunk: Buffer) => void read(chunk))
}

/** `HTTP/1.1 200 OK`: the digits stand where they stand in every answer. */
function statusOf(bytes: Buffer): number {
  return Number(bytes.toString('latin1', 9, 12))
}

const lengthPattern = /\r\ncontent-length: *(\d+)/i

/** Head and body together, or `undefined` while the head is not all there. Of servers that send chunks we know none. */
function answerLength(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [, bodyLength] = lengthPattern.exec(bytes.toString('latin1', 0, headEnd)) ?? []
  if (bodyLength === undefined) throw new Error('an answer without Content-Length')
  return headEnd + 4 + Number(bodyLength)
}
