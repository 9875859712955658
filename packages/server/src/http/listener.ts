import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, type BlockList, isIP, isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { CannotStart } from '../base/cannot-start.ts'
import { isIn, type ListenAddress, networkList } from '../base/network.ts'
import type { Connection } from '../call/call.ts'
import type { VpcEndpoint } from '../call/vpc-endpoint.ts'
import type { WireReply, WireRequest } from './endpoint.ts'

/**
 * Longer than the longest legal request: a key policy of 131,072 characters, each written as a six-letter escape,
 * with everything else its operation takes.
 */
export const bodyBytesMost = 1 << 20

export interface ListenerSettings {
  readonly listen: ListenAddress
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
  readonly trustedProxies: readonly string[]
  readonly endpoints?: readonly RecognizedEndpoint[]
  readonly answer: (request: WireRequest) => Promise<WireReply>
  /** What is told to a caller whose request is not read: longer than anything legal, too slow, or no HTTP. */
  readonly unread: (reason: Unread) => WireReply
}

/** A VPC endpoint, and by what it is known that a request came through it: one of them is enough. */
export interface RecognizedEndpoint {
  readonly endpoint: VpcEndpoint
  readonly networks: readonly string[]
  readonly listen?: ListenAddress
}

/** Why a request was not read. */
export type Unread = 'body too long' | 'headers too long' | 'too slow' | 'not HTTP'

export interface Listener {
  readonly url: string
  /** Of VPC endpoints with addresses of their own, by their ids. */
  readonly endpointUrls: ReadonlyMap<string, string>
  /** How many connections are open. */
  connections(): number
  /** Takes no more calls, and resolves when those under way have been answered. */
  close(): Promise<void>
}

/** Whom to believe about where a request came from. */
interface Origins {
  readonly proxies: BlockList
  readonly byNetwork: readonly { readonly endpoint: VpcEndpoint; readonly list: BlockList }[]
  /** The endpoint that everything at this address came through. */
  readonly here?: VpcEndpoint
}

/**
 * Serves the endpoint over HTTP/1.1, or over TLS, at one address and at those of VPC endpoints.
 *
 * @throws CannotStart when an address cannot be had
 */
export async function listen(settings: ListenerSettings): Promise<Listener> {
  const { endpoints = [] } = settings
  const byNetwork = endpoints
    .filter(({ networks }) => networks.length > 0)
    .map(({ endpoint, networks }) => ({ endpoint, list: networkList(networks) }))
  const origins: Origins = { proxies: networkList(settings.trustedProxies), byNetwork }
  const opened = [await listenAt(settings.listen, settings, origins)]
  const endpointUrls = new Map<string, string>()
  const close = async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
  try {
    for (const { endpoint, listen: address } of endpoints) {
      if (address === undefined) continue
      const one = await listenAt(address, settings, { ...origins, here: endpoint })
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

async function listenAt(
  address: ListenAddress,
  settings: ListenerSettings,
  origins: Origins,
): Promise<Omit<Listener, 'endpointUrls'>> {
  let closing = false
  const server = newServer(settings, (request, response) => {
    void replyTo(request, response, settings, origins).then((reply) => {
      if (reply === undefined) return
      // A connection that stayed open for more calls would keep the process from ending.
      if (closing) response.shouldKeepAlive = false
      send(response, reply)
    })
  })
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    socket.once('close', () => {
      connections -= 1
    })
  })
  server.on('clientError', (error, socket) => refuseUnread(error, socket, settings))
  // Slow requests end; slow connections between requests may stay as long as SDKs usually keep theirs.
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  server.keepAliveTimeout = 75_000
  const { port } = await bind(server, address)
  const host = isIPv6(address.host) ? `[${address.host}]` : address.host
  return {
    url: `${settings.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        closing = true
        // Whoever takes longer than a slow request may is not waited for: Node stops watching them when it closes.
        const patience = setTimeout(() => server.closeAllConnections(), server.requestTimeout)
        server.close(() => {
          clearTimeout(patience)
          resolve()
        })
      }),
  }
}

function newServer(
  { tls }: ListenerSettings,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === undefined) return createServer(onRequest)
  try {
    return createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, onRequest)
  } catch (cause) {
    throw new CannotStart(
      'the TLS certificate and key cannot be used; both must be PEM and belong together',
      {
        cause,
      },
    )
  }
}

function bind(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'something else listens there already' : cause.message
      reject(new CannotStart(`cannot listen on ${host}:${port}: ${reason}`, { cause }))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

/** What a request is answered; nothing when it broke off. */
async function replyTo(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ListenerSettings,
  origins: Origins,
): Promise<WireReply | undefined> {
  // A peer that is gone has no address, and whoever has none could not be held to one: nothing is done for it.
  if (request.socket.remoteAddress === undefined) return undefined
  const head = headOf(request, origins)
  const body = await readBody(request)
  if (body === 'aborted') return undefined
  if (body !== 'too large') return settings.answer({ ...head, body })
  // What is left of the body will not be read, so nothing further on this connection can be understood.
  response.shouldKeepAlive = false
  return settings.unread('body too long')
}

/** What Node's reader gives up on, by its error codes: the reason, and the status line that says so. */
const unreadByCode: ReadonlyMap<string, readonly [reason: Unread, status: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['headers too long', '431 Request Header Fields Too Large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['too slow', '408 Request Timeout']],
])

/** Answers what never became a request, so that even then the caller has a request id to ask about. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex, { unread }: ListenerSettings): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [reason, status] = unreadByCode.get(error.code ?? '') ?? ['not HTTP', '400 Bad Request']
  const { requestId, contentType, body } = unread(reason)
  const head = [
    `HTTP/1.1 ${status}`,
    `x-amzn-RequestId: ${requestId}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** A header of ours, since AWS KMS has none such: other services of AWS put this into their sentences. */
const encodedHeader = 'x-claviger-authorization-message'

function send(
  response: ServerResponse,
  { status, contentType, body, requestId, encodedMessage }: WireReply,
): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, [
    'x-amzn-RequestId',
    requestId,
    'Content-Type',
    contentType,
    'Content-Length',
    String(bytes.length),
    ...(encodedMessage === undefined ? [] : [encodedHeader, encodedMessage]),
  ])
  response.end(bytes)
}

function headOf(request: IncomingMessage, origins: Origins): Omit<WireRequest, 'body'> {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.rawHeaders,
    connection: connectionOf(request, origins),
  }
}

function connectionOf(request: IncomingMessage, origins: Origins): Connection {
  const { referer } = request.headers
  const tls = tlsOf(request.socket as Partial<TLSSocket>)
  const sourceIp = sourceIpOf(request, origins.proxies)
  const endpoint = origins.here ?? origins.byNetwork.find(({ list }) => isIn(list, sourceIp))?.endpoint
  return {
    sourceIp,
    ...(endpoint === undefined ? {} : { endpoint }),
    userAgent: request.headers['user-agent'] ?? '',
    ...(referer === undefined ? {} : { referer }),
    host: request.headers.host ?? '',
    ...(tls === undefined ? {} : { tls }),
  }
}

function tlsOf(socket: Partial<TLSSocket>): Connection['tls'] {
  if (socket.encrypted !== true) return undefined
  return { version: socket.getProtocol?.() ?? '', cipherSuite: socket.getCipher?.().standardName ?? '' }
}

/**
 * The caller's address. A proxy that is trusted says for whom it speaks; of a chain of them the first from our end
 * that is not trusted is the caller, since everything before it is only what somebody claimed.
 */
function sourceIpOf(request: IncomingMessage, proxies: BlockList): string {
  let address = plain(request.socket.remoteAddress ?? '')
  const forwarded = request.headers['x-forwarded-for']
  if (forwarded === undefined) return address
  const chain = String(forwarded)
    .split(',')
    .map((each) => each.trim())
  while (isIn(proxies, address)) {
    const before = chain.pop()
    if (before === undefined || isIP(before) === 0) break
    address = plain(before)
  }
  return address
}

/** IPv4 that came over an IPv6 socket is still IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}

/** The whole body; or that it is longer than anything legal, known before it has all been read; or that it broke off. */
function readBody(request: IncomingMessage): Promise<Uint8Array | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > bodyBytesMost) {
      resolve('too large')
      return
    }
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > bodyBytesMost) {
        request.removeAllListeners('data')
        resolve('too large')
        return
      }
      chunks.push(chunk)
    })
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    )
    request.on('error', () => resolve('aborted'))
    request.on('close', () => resolve('aborted'))
  })
}
