import { connect } from 'node:net'
import type { SignedRequest } from '../../src/http/signature.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { rootCredentials, type Serving } from '../serving.ts'

/** Requests down to their bytes, for what no client would send. */

export interface Answer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** What a request is, but for what is said here, is a GenerateRandom call of the root user's. */
export interface Wish {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly region?: string
  readonly service?: string
  /** How far the signer's clock is ahead, in seconds. */
  readonly ahead?: number
}

/** A signed call of KMS as a list of header lines and a body, to be changed as a test likes before it is sent. */
export function signed(house: Serving, wish: Wish = {}): SignedRequest {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'TrentService.GenerateRandom',
    ...wish.headers,
  }
  return sign(house, { service: 'kms', body: '{"NumberOfBytes":8}', ...wish, headers })
}

function sign(house: Serving, wish: Wish & { readonly service: string }): SignedRequest {
  const { method = 'POST', path = '/', query = '', ahead = 0 } = wish
  const body = Buffer.from(wish.body ?? '')
  const headers = signRequest(
    { method, path, query, headers: { host: new URL(house.url).host, ...wish.headers }, body },
    { region: 'us-east-1', ...rootCredentials, ...wish, now: house.clock.now() + ahead * 1000 },
  )
  return { method, path, query, headers: Object.entries(headers).flat(), body }
}

/** A signed call of IAM or STS: form parameters instead of JSON, and no header that names the operation. */
export function signedForm(house: Serving, wish: Wish & { readonly body: string }): SignedRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...wish.headers }
  return sign(house, { service: 'iam', ...wish, headers })
}

/** Changes, adds or, with `undefined`, takes away a header after it was signed. */
export function withHeader(request: SignedRequest, name: string, value: string | undefined): SignedRequest {
  const { headers } = request
  const others = headers.filter((_text, index) => headers[index - (index % 2)]?.toLowerCase() !== name)
  return { ...request, headers: value === undefined ? others : [...others, name, value] }
}

/** Sends a request as it is, on a connection of its own. */
export function send(house: { url: string }, request: SignedRequest): Promise<Answer> {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`
  const lines = [`${request.method} ${target} HTTP/1.1`]
  for (let index = 0; index < request.headers.length; index += 2) {
    lines.push(`${request.headers[index]}: ${request.headers[index + 1]}`)
  }
  lines.push(`Content-Length: ${request.body.length}`, 'Connection: close', '', '')
  return exchange(house, Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), request.body]))
}

/** Sends bytes and gives back what is answered by the time the service hangs up. */
export function exchange({ url }: { url: string }, bytes: Uint8Array): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const read: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => read.push(chunk))
    socket.on('close', () => {
      if (read.length === 0) reject(new Error('the connection ended without an answer'))
      else resolve(answerIn(Buffer.concat(read)))
    })
    // Hung up on while it still talks: what counts is whether there was an answer.
    socket.on('error', () => undefined)
  })
}

function answerIn(bytes: Buffer): Answer {
  const text = bytes.toString()
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(status.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}
