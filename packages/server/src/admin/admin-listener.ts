import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { isIPv6 } from 'node:net'
import { CannotStart } from '../base/cannot-start.ts'
import type { ListenAddress } from '../base/network.ts'
import type { Exposition } from './exposition.ts'
import type { Readiness } from './readiness.ts'

/** What is answered where the platform asks. */
export interface AdminSettings {
  readonly listen: ListenAddress
  readonly exposition: Exposition
  readonly readiness: () => Promise<Readiness>
  /** Told of what was thrown; whoever asked reads only that something was. */
  readonly onBug: (cause: unknown) => void
}

export interface AdminListener {
  readonly url: string
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/**
 * Listens for the platform: metrics and health, at an address of their own. Nothing here names a key, a principal or
 * an account, and nothing can be changed; who may connect is the network's business, as with other exporters.
 *
 * @throws CannotStart when the address cannot be had
 */
export async function listenForAdmin(settings: AdminSettings): Promise<AdminListener> {
  const { host, port } = settings.listen
  const server = createServer((request, response) => {
    answerTo(request, settings).then(
      (answer) => send(request, response, answer),
      (cause) => {
        settings.onBug(cause)
        send(request, response, { status: 500, contentType: plain, body: 'internal error\n' })
      },
    )
  })
  server.requestTimeout = 10_000
  server.headersTimeout = 10_000
  server.on('connection', makingRoom())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'something else listens there already' : cause.message
      reject(new CannotStart(`cannot listen for metrics and health on ${host}:${port}: ${reason}`, { cause }))
    })
    server.listen(port, host, resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Whoever scrapes keeps a connection open between two scrapes, and may be in the middle of neither.
        server.closeAllConnections()
      }),
  }
}

/** More than any platform needs; a flood here must not take the descriptors that callers need. */
const connectionsMost = 64

/**
 * Has the oldest connection make room for one too many: whoever opens some and says nothing must not keep a health check
 * out, upon which the platform would end the service.
 */
function makingRoom(): (socket: Socket) => void {
  const open = new Set<Socket>()
  return (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size > connectionsMost) oldest?.destroy()
  }
}

const plain = 'text/plain; charset=utf-8'
const json = 'application/json'

type Route = (settings: AdminSettings) => Promise<Answer>

/** What is served. That `/healthz` is answered at all says that the loop turns, and it says no more than that. */
const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/healthz', async () => ({ status: 200, contentType: json, body: '{"alive":true}\n' })],
  [
    '/readyz',
    async ({ readiness }) => {
      const state = await readiness()
      return { status: state.ready ? 200 : 503, contentType: json, body: `${JSON.stringify(state)}\n` }
    },
  ],
  [
    '/metrics',
    async ({ exposition }) => ({
      status: 200,
      contentType: exposition.contentType,
      body: await exposition.write(),
    }),
  ],
])

async function answerTo({ method, url = '/' }: IncomingMessage, settings: AdminSettings): Promise<Answer> {
  const route = routes.get(url.split('?')[0] ?? '')
  if (route === undefined) {
    return { status: 404, contentType: plain, body: `there are ${[...routes.keys()].join(', ')}\n` }
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, contentType: plain, body: 'only GET and HEAD\n' }
  }
  return route(settings)
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body }: Answer,
): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  })
  response.end(method === 'HEAD' ? undefined : body)
}
