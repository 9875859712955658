import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { CannotStart } from '../base/cannot-start.ts'
import type { Clock } from '../base/clock.ts'
import { monotonicMs } from '../base/elapsed.ts'
import { type ListenAddress, networkList } from '../base/network.ts'
import type { Connection } from '../call/call.ts'
import type { VpcEndpoint } from '../call/vpc-endpoint.ts'
import { Admission } from './admission.ts'
import { AnswerWriter } from './answer-writer.ts'
import { Connections } from './connections.ts'
import { type Host, HttpConnection, type Unread } from './http-connection.ts'
import { Origin, type Origins } from './origin.ts'
import type { RequestHead } from './request-head.ts'
import type { ParsedRequest } from './request-parser.ts'
import type { WireReply, WireRequest } from './wire.ts'

export { bodyBytesMost } from './request-parser.ts'
export type { Unread }

export interface ListenerSettings {
  readonly listen: ListenAddress
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array }
  readonly trustedProxies: readonly string[]
  /** Whether other threads of this process listen at the same addresses; the system deals out connections. */
  readonly isShared?: boolean
  readonly endpoints?: readonly RecognizedEndpoint[]
  readonly clock: Clock
  /** How many connections there are at a time, at each address. */
  readonly connectionsMost?: number
  /** How many listeners have their part of what there is room for; one by default. */
  readonly sharers?: number
  readonly answer: (request: WireRequest) => Promise<WireReply>
  /** Looks at a request whose body is long in coming: what is answered, where that is certain without it. */
  readonly refuseEarly?: (head: RequestHead) => Promise<WireReply | undefined>
  /** What is told to a caller whose request is not read: longer than anything legal, too slow, too much, no HTTP. */
  readonly unread: (reason: Unread, head?: RequestHead) => WireReply
  /** Told now and then how many requests were refused because there were too many. */
  readonly onOverload?: (refused: number) => void
}

/** A VPC endpoint, and by what it is known that a request came through it: one of them is enough. */
export interface RecognizedEndpoint {
  readonly endpoint: VpcEndpoint
  readonly networks: readonly string[]
  readonly listen?: ListenAddress
}

export interface Listener {
  readonly url: string
  /** Of VPC endpoints with addresses of their own, by their ids. */
  readonly endpointUrls: ReadonlyMap<string, string>
  /** How many connections are open. */
  connections(): number
  /** Takes no more calls, and resolves when those under way have been answered. */
  close(): Promise<void>
}

/** Each has at most one request under way. */
const connectionsMostByDefault = 10_000

/** Requests that are gone into at the same time, most of them waiting for the journal. */
const underWayMost = 2048
/** What those hold together who wait for their turn, and what unfinished requests do over all connections. */
const waitingBytesMost = 64 << 20
const heldBytesMost = 128 << 20

/** Whoever takes longer than a slow request may is not waited for when we close. */
const closingMs = 30_000

/**
 * Serves the endpoint over HTTP/1.1, or over TLS, at one address and at those of VPC endpoints.
 *
 * @throws CannotStart when an address cannot be had
 */
export async function listen(settings: ListenerSettings): Promise<Listener> {
  const { endpoints = [], trustedProxies, onOverload } = settings
  const byNetwork = endpoints
    .filter(({ networks }) => networks.length > 0)
    .map(({ endpoint, networks }) => ({ endpoint, list: networkList(networks) }))
  const proxies = trustedProxies.length > 0 ? { proxies: networkList(trustedProxies) } : {}
  const origins: Origins = { ...proxies, byNetwork }
  const { sharers = 1 } = settings
  const admission = new Admission(monotonicMs, {
    underWay: Math.ceil(underWayMost / sharers),
    waitingBytes: Math.ceil(waitingBytesMost / sharers),
  })
  const ground = { settings, admission, writer: new AnswerWriter(settings.clock) }
  const opened: Omit<Listener, 'endpointUrls'>[] = []
  const endpointUrls = new Map<string, string>()
  const watch = setInterval(() => {
    const refused = admission.takeRefused()
    if (refused > 0) onOverload?.(refused)
  }, 10_000).unref()
  const close = async () => {
    clearInterval(watch)
    await Promise.all(opened.map((each) => each.close()))
  }
  try {
    opened.push(await listenAt(settings.listen, ground, origins))
    for (const { endpoint, listen: address } of endpoints) {
      if (address === undefined) continue
      const one = await listenAt(address, ground, { ...origins, here: endpoint })
      opened.push(one)
      endpointUrls.set(endpoint.id, one.url)
    }
  } catch (error) {
    await close()
    throw error
  }
  const connections = () => opened.reduce((sum, each) => sum + each.connections(), 0)
  return { url: opened[0]?.url ?? '', endpointUrls, connections, close }
}

/** What all addresses of a listener share: there is one event loop to be overloaded. */
interface Ground {
  readonly settings: ListenerSettings
  readonly admission: Admission
  readonly writer: AnswerWriter
}

async function listenAt(
  address: ListenAddress,
  ground: Ground,
  origins: Origins,
): Promise<Omit<Listener, 'endpointUrls'>> {
  const { tls, connectionsMost = connectionsMostByDefault, sharers = 1 } = ground.settings
  const connections = new Connections(
    Math.ceil(connectionsMost / sharers),
    Math.ceil(heldBytesMost / sharers),
  )
  const host = hostOf(ground, connections)
  let isClosing = false
  const server = newServer(tls)
  // Whoever comes is counted first: to be heard, somebody else may have to go.
  connections.watch(server)
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const { remoteAddress } = socket
    // A peer that is gone has no address, and whoever has none could not be held to one: nothing is done for it.
    if (remoteAddress === undefined || isClosing) socket.destroy()
    else {
      const origin = new Origin(remoteAddress, tlsOf(socket), origins)
      connections.add(new HttpConnection(socket, origin, host), socket)
    }
  })
  const { port } = await bind(server, address, ground.settings.isShared)
  const clockwork = setInterval(() => connections.tick(), 1000).unref()
  const shown = isIPv6(address.host) ? `[${address.host}]` : address.host
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${port}`,
    connections: () => connections.open,
    close: () =>
      new Promise((resolve) => {
        isClosing = true
        const patience = setTimeout(() => connections.destroy(), closingMs)
        server.close(() => {
          clearTimeout(patience)
          clearInterval(clockwork)
          resolve()
        })
        connections.close()
      }),
  }
}

/** What connections ask of the listener that has them. */
function hostOf({ settings, admission, writer }: Ground, connections: Connections): Host {
  const { answer, unread, refuseEarly } = settings
  const done = (reply: WireReply) => {
    admission.done()
    return reply
  }
  const begin = ({ head, body }: ParsedRequest, origin: Origin) => {
    const { method, path, query, fields } = head
    return answer({ method, path, query, fields, body, connection: origin.of(fields) }).then(done)
  }
  return {
    writer,
    answer(request: ParsedRequest, origin: Origin, isGone: () => boolean) {
      if (admission.admit()) return begin(request, origin)
      return new Promise((resolve) => {
        const refuse = () => resolve(unread('overloaded', request.head))
        const start = () => {
          // Nobody is left to be answered, nor to be told that it was done.
          if (isGone()) admission.done()
          else resolve(begin(request, origin))
        }
        admission.wait({ bytes: request.body.length, start, refuse })
      })
    },
    refuseEarly: async (head) => refuseEarly?.(head),
    unread,
    hold: (bytes) => connections.hold(bytes),
  }
}

/** A server whose connections may be closed on one side while the other still has an answer to give (RFC 9112 §9.6). */
function newServer(tls: ListenerSettings['tls']): Server {
  const common = { allowHalfOpen: true, noDelay: true }
  if (tls === undefined) return createServer(common)
  try {
    return createTlsServer({
      cert: Buffer.from(tls.cert),
      key: Buffer.from(tls.key),
      ...common,
      minVersion: 'TLSv1.2',
      ...overTls,
    })
  } catch (cause) {
    throw new CannotStart(
      'the TLS certificate and key cannot be used; both must be PEM and belong together',
      {
        cause,
      },
    )
  }
}

/** Whoever asks for HTTP/2 alone learns at once that it is not spoken. */
const overTls = { ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 }

function tlsOf(socket: Socket): Connection['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined
  return { version: socket.getProtocol() ?? '', cipherSuite: socket.getCipher().standardName ?? '' }
}

function bind(server: Server, { host, port }: ListenAddress, isShared = false): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'something else listens there already' : cause.message
      reject(new CannotStart(`cannot listen on ${host}:${port}: ${reason}`, { cause }))
    })
    server.listen({ port, host, reusePort: isShared }, () => resolve(server.address() as AddressInfo))
  })
}
