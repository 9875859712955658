import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { AuditRecord } from '../read-records.ts'

/** Receivers of audit records, written from the RFCs and the Standard Webhooks specification alone. */

const wire = join(import.meta.dirname, '../../wire')

/** A certificate for localhost that is its own authority; nobody else trusts it. */
export const ownCa = join(wire, 'localhost.crt')
export const ownKey = join(wire, 'localhost.key')
const tls = { cert: readFileSync(ownCa), key: readFileSync(ownKey) }

export interface Receiver {
  readonly port: number
  /** Every record that came, as often as it came. */
  readonly records: AuditRecord[]
  /** Goes away, with all its connections. */
  close(): Promise<void>
}

/** A syslog message, taken apart. */
export interface Message {
  readonly priority: number
  readonly time: string
  readonly app: string
  readonly messageId: string
  readonly sequenceId: number
  readonly record: AuditRecord
}

export interface SyslogReceiver extends Receiver {
  readonly messages: Message[]
  /** The names under which it was called over TLS. */
  readonly calledAs: Set<string>
}

interface SyslogManners {
  readonly port?: number
  readonly isTls?: boolean
  /** What happens to a connection before anything is read from it; only without TLS it stays unread in the kernel. */
  readonly onConnection?: (socket: Socket) => 'read' | 'ignore'
  /** So long is waited before each piece that is read. */
  readonly slowMs?: number
}

/** A syslog receiver: messages with their length before them (RFC 6587 §3.4.1). */
export async function syslogReceiver(manners: SyslogManners = {}): Promise<SyslogReceiver> {
  const { port = 0, isTls = false, onConnection = () => 'read', slowMs = 0 } = manners
  const messages: Message[] = []
  const calledAs = new Set<string>()
  const sockets = new Set<Socket>()
  const serve = (socket: Socket) => {
    sockets.add(socket)
    if (socket instanceof TLSSocket) calledAs.add(String(socket.servername))
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (onConnection(socket) === 'ignore') return
    let pending = Buffer.alloc(0)
    socket.resume()
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      if (slowMs > 0) {
        socket.pause()
        setTimeout(() => socket.resume(), slowMs)
      }
      for (let found = messageIn(pending); found !== undefined; found = messageIn(pending)) {
        messages.push(found.message)
        pending = pending.subarray(found.length)
      }
    })
  }
  const server = isTls ? createTlsServer(tls, serve) : createServer({ pauseOnConnect: true }, serve)
  server.on('tlsClientError', () => undefined)
  await listening(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    calledAs,
    get records() {
      return messages.map(({ record }) => record)
    },
    close: () => closing(server, sockets),
  }
}

const form = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) \[meta sequenceId="(\d+)"\] (.*)$/s

function messageIn(bytes: Buffer): { readonly message: Message; readonly length: number } | undefined {
  const blank = bytes.indexOf(' ')
  if (blank < 0) return undefined
  const digits = bytes.toString('latin1', 0, blank)
  if (!/^[1-9]\d*$/.test(digits)) throw new Error(`${digits} is not the length of a message`)
  const length = blank + 1 + Number(digits)
  if (bytes.length < length) return undefined
  const [, priority, time = '', , app = '', , messageId = '', sequenceId, json = ''] =
    form.exec(bytes.toString('utf8', blank + 1, length)) ?? []
  const record = JSON.parse(json) as AuditRecord
  return {
    message: { priority: Number(priority), time, app, messageId, sequenceId: Number(sequenceId), record },
    length,
  }
}

/** One request that came to a webhook. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebhookReceiver extends Receiver {
  /** All that came, taken or not. */
  readonly deliveries: Delivery[]
}

interface WebhookManners {
  readonly port?: number
  readonly isTls?: boolean
  /** What it answers, by how many requests came before; 0 means that it hangs up, 101 that it speaks something else. */
  readonly status?: (before: number) => number
  readonly headers?: Readonly<Record<string, string>>
}

/** Something that takes webhooks. */
export async function webhookReceiver(manners: WebhookManners = {}): Promise<WebhookReceiver> {
  const { port = 0, isTls = false, status = () => 204, headers: sent = {} } = manners
  const deliveries: Delivery[] = []
  const records: AuditRecord[] = []
  const sockets = new Set<Socket>()
  const answer = async (request: IncomingMessage) => {
    const body = (await request.toArray()).join('')
    const code = status(deliveries.length)
    deliveries.push({ headers: request.headers as Record<string, string>, body })
    if (code >= 200 && code < 300) records.push(...(JSON.parse(body) as { Records: AuditRecord[] }).Records)
    return code
  }
  const server = isTls ? createHttpsServer(tls) : createHttpServer()
  server.on('request', (request, response) => {
    void answer(request).then((code) => {
      if (code === 0) request.socket.destroy()
      else if (code === 101) request.socket.write(otherProtocol)
      else response.writeHead(code, sent).end('ok')
    })
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await listening(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    deliveries,
    records,
    close: () => closing(server, sockets),
  }
}

const otherProtocol = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function closing(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}

/** The ids of records in the order in which each came first. */
export function firstTimes(records: readonly AuditRecord[]): string[] {
  return [...new Set(records.map(({ eventID }) => eventID))]
}

/** What tells two lists of records apart without showing thousands of them. */
export function fingerprint(records: readonly AuditRecord[]): string {
  return `${records.length} ${createHash('sha256').update(JSON.stringify(records)).digest('hex')}`
}
