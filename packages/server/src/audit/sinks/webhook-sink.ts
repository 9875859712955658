import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import type { SecureContext } from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { Later } from './follower.ts'
import type { Shipment, Sink } from './sink.ts'

/** A receiver of webhooks, and what it knows us by. */
export interface WebhookReceiver {
  readonly name: string
  readonly url: string
  /** The value of `webhook-signature` for a message. */
  readonly sign: (message: { readonly id: string; readonly second: number; readonly body: string }) => string
  readonly tls: SecureContext
  readonly clock: Clock
}

const timeLimitMs = 30_000

/** However long a receiver wants to be left alone, it is asked again after ten minutes. */
const laterMsMost = 600_000

/**
 * Records in batches to a URL, as `{"Records":[…]}`, signed as the Standard Webhooks specification has it. A status of
 * 2xx means that they were taken, any other that they are to come again; redirects are not followed. The same batch
 * always has the same `webhook-id`.
 */
export function webhookSink({ name, url, sign, tls, clock }: WebhookReceiver): Sink {
  const isPlain = url.startsWith('http:')
  const kept = { keepAlive: true, maxSockets: 1 }
  const agent = isPlain ? new PlainAgent(kept) : new Agent({ ...kept, secureContext: tls })
  let current: ReturnType<typeof request> | undefined
  return {
    name,
    recordsMost: 500,
    bytesMost: 1 << 20,
    restMs: 250,
    async take(shipment) {
      const body = `{"Records":[${shipment.records.map(({ json }) => json).join(',')}]}`
      const message = { id: idOf(shipment), second: Math.floor(clock.now() / 1000), body }
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'claviger',
        'webhook-id': message.id,
        'webhook-timestamp': message.second,
        'webhook-signature': sign(message),
      }
      current = (isPlain ? plainRequest : request)(url, { agent, method: 'POST', headers })
      requireTaken(await answered(current, body))
    },
    close() {
      current?.destroy()
      agent.destroy()
    },
  }
}

/** The same for the same records, whenever they are sent. */
function idOf({ records, end }: Shipment): string {
  const [first] = records
  return `audit-${first?.sequence}-${end.sequence}-${end.hash.slice(0, 16)}`
}

function answered(sending: ReturnType<typeof request>, body: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const timer = setTimeout(() => sending.destroy(new Error('the receiver took too long')), timeLimitMs)
  sending.on('error', reject)
  // Also where no error tells of it, as when the answer was to speak another protocol: else it would never end.
  sending.on('close', () => reject(new Error('the receiver ended the connection before it answered')))
  sending.on('response', (response) => {
    // The status is the answer; the rest is read so that the connection can be used again.
    response.on('error', reject)
    response.on('end', () => resolve(response))
    response.resume()
  })
  sending.end(body)
  return promise.finally(() => clearTimeout(timer))
}

function requireTaken({ statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode >= 200 && statusCode < 300) return
  const problem = `the receiver answered ${statusCode}`
  const seconds = Number(headers['retry-after'])
  if (seconds > 0) throw new Later(problem, Math.min(laterMsMost, seconds * 1000))
  throw new Error(problem)
}
