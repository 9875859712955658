import { type Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import type { Reply } from './answers.ts'
import { type FailureReason, ProxyFailure } from './proxy-failure.ts'

/** More than any answer of the specification needs; a proxy that sends more is not read to its end. */
const answerBytesMost = 65_536

export interface Posting {
  readonly agent: Agent
  /** Where the connection goes. */
  readonly address: { readonly host: string; readonly port: number }
  /** Whom the certificate there must name. */
  readonly serverName: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly timeLimitMs: number
}

/**
 * Posts one request and gives the answer, whatever its status. Connecting counts into the time limit. Redirects
 * are not followed: they are answers like any other.
 *
 * @throws ProxyFailure when there is no whole answer in time
 */
export function post(posting: Posting): Promise<Reply> {
  const { agent, address, serverName, path, headers, body, timeLimitMs } = posting
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const sending = request({
    agent,
    ...address,
    servername: serverName,
    method: 'POST',
    path,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
  })
  const phase = watchConnection(sending)
  const giveUp = (reason: FailureReason, cause?: unknown) => {
    reject(new ProxyFailure(reason, { cause }))
    sending.destroy()
  }
  const timer = setTimeout(() => {
    // An answer may have come while this process was busy with something else: it is read before time is called.
    setImmediate(() => giveUp(phase() === 'connecting' ? 'unreachable' : 'timed out'))
  }, timeLimitMs)
  sending.on('error', (error) =>
    giveUp(phase() === 'securing' || isTls(error) ? 'untrusted' : 'unreachable', error),
  )
  sending.on('response', (response) => {
    const chunks: Buffer[] = []
    let length = 0
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > answerBytesMost) giveUp('not understood')
      else chunks.push(chunk)
    })
    response.on('error', (error) => giveUp('unreachable', error))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
  })
  sending.end(body)
  return promise.finally(() => clearTimeout(timer))
}

/** With TLS 1.3 a server that wants a certificate of ours says so only after the connection is made. */
const isTls = ({ code }: NodeJS.ErrnoException) => code?.startsWith('ERR_SSL_') ?? false

type Phase = 'connecting' | 'securing' | 'connected'

/** How far a request's connection is: what breaks before it is secured is a matter of certificates. */
function watchConnection(sending: ReturnType<typeof request>): () => Phase {
  let phase: Phase = 'connecting'
  sending.on('socket', (socket: Socket) => {
    if (!socket.connecting) {
      phase = 'connected'
      return
    }
    socket.once('connect', () => {
      phase = 'securing'
    })
    socket.once('secureConnect', () => {
      phase = 'connected'
    })
  })
  return () => phase
}
