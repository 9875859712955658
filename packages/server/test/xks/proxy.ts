import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../src/base/clock.ts'
import { type Credential, isSigned } from './is-signed.ts'

/**
 * A small external key store proxy, written from the published specification alone
 * (https://github.com/aws/aws-kms-xksproxy-api-spec) and sharing no code with the service: it checks signatures its
 * own way, so that the two have to agree. It keeps AES keys in memory and can be told to misbehave.
 */

const own = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

/** The authority that made the proxy's certificate; nobody else trusts it. */
export const authority = own('ca.crt')

/** Both names are in the certificate. */
export const endpoint = 'https://proxy.xks.example.com'
export const privateEndpoint = 'https://private.xks.example.com'

export interface ExternalKey {
  readonly material: Buffer
  spec: string
  usages: string[]
  status: string
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown> | string
}

/** What a request was, as the proxy saw it. */
export interface Seen {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever a request said
  readonly body: any
  /** Counts connections: two requests with one number shared one. */
  readonly connection: number
}

/** Given in the place of an answer: never to answer, or to cut the connection. */
type Silence = 'silence' | 'hang up'

/** Decides what is sent, knowing what an honest proxy would send. */
type Interference = (honest: () => Answer, seen: Seen) => Answer | Silence | Promise<Answer>

export interface TestProxy {
  readonly address: { readonly host: string; readonly port: number }
  readonly path: string
  readonly credential: Credential
  readonly seen: Seen[]
  readonly keys: Map<string, ExternalKey>
  /** States of the key managers that the proxy reports. */
  managers: string[]
  /** Takes no signature of before any more. */
  changeSecret(): void
  /** A further place for requests to be sent to. @returns its path */
  newPath(prefix: string): string
  /** A further key, as an administrator would make it. */
  newKey(id: string, differing?: Partial<ExternalKey>): void
  /** From now on, or for so many requests. */
  misbehave(how: Interference, times?: number): void
  behave(): void
  /** Forgets every connection, as a proxy that was started anew. */
  dropConnections(): void
  close(): Promise<void>
}

const errorStatus: Record<string, number> = {
  AuthenticationFailedException: 401,
  AccessDeniedException: 403,
  KeyNotFoundException: 404,
  InvalidUriPathException: 404,
  ThrottlingException: 429,
  InternalException: 500,
  UnsupportedOperationException: 501,
  DependencyTimeoutException: 503,
}

/** The answer with one of the errors of the specification. */
export function error(name: string): Answer {
  const errorMessage = 'secret words of the proxy'
  return { status: errorStatus[name] ?? 400, body: { errorName: name, errorMessage } }
}

export async function startProxy(clock: Clock, { path = '/kms/xks/v1' } = {}): Promise<TestProxy> {
  const { server, state } = proxyServer(clock, path)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(state, {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    changeSecret() {
      state.credential = { ...state.credential, RawSecretAccessKey: randomBytes(32).toString('base64') }
    },
    newPath(prefix: string) {
      const further = `/${prefix}/kms/xks/v1`
      state.paths.push(further)
      return further
    },
    newKey(id: string, differing: Partial<ExternalKey> = {}) {
      const usages = ['ENCRYPT', 'DECRYPT', 'WRAP']
      state.keys.set(id, {
        material: randomBytes(32),
        spec: 'AES_256',
        usages,
        status: 'ENABLED',
        ...differing,
      })
    },
    misbehave(how: Interference, times = Number.POSITIVE_INFINITY) {
      state.interference = { how, times }
    },
    behave() {
      state.interference = undefined
    },
    dropConnections: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

interface State {
  readonly path: string
  readonly paths: string[]
  credential: Credential
  readonly keys: Map<string, ExternalKey>
  readonly seen: Seen[]
  managers: string[]
  interference: { readonly how: Interference; times: number } | undefined
}

function proxyServer(clock: Clock, path: string) {
  const state: State = {
    path,
    paths: [path],
    credential: {
      AccessKeyId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      RawSecretAccessKey: randomBytes(32).toString('base64'),
    },
    keys: new Map(),
    seen: [],
    managers: ['ACTIVE'],
    interference: undefined,
  }
  let connections = 0
  const numbers = new WeakMap<object, number>()
  const server = createServer({ cert: own('proxy.crt'), key: own('proxy.key') })
  server.on('secureConnection', (socket) => {
    connections += 1
    numbers.set(socket, connections)
  })
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const text = await textOf(request)
    const honest = () => answerTo(request, text, { clock, state })
    const body = text === '' ? undefined : JSON.parse(text)
    const connection = numbers.get(request.socket) ?? 0
    const seen = { path: request.url ?? '', headers: request.headers, body, connection }
    state.seen.push(seen)
    send(response, await interfere(state, honest, seen))
  })
  return { server, state }
}

function interfere(state: State, honest: () => Answer, seen: Seen): ReturnType<Interference> {
  const { interference } = state
  if (interference === undefined || interference.times === 0) return honest()
  interference.times -= 1
  return interference.how(honest, seen)
}

function send(response: ServerResponse, answer: Answer | Silence): void {
  if (answer === 'silence') return
  if (answer === 'hang up') {
    response.destroy()
    return
  }
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The request's parts as the specification names them. */
interface Body {
  readonly requestMetadata: { readonly kmsOperation?: string; readonly kmsRequestId?: string }
  readonly additionalAuthenticatedData?: string
  readonly plaintext?: string
  readonly ciphertext?: string
  readonly ciphertextMetadata?: string
  readonly initializationVector?: string
  readonly authenticationTag?: string
  readonly encryptionAlgorithm?: string
  readonly ciphertextDataIntegrityValueAlgorithm?: string
}

function answerTo(
  request: IncomingMessage,
  text: string,
  { clock, state }: { clock: Clock; state: State },
): Answer {
  if (request.method !== 'POST') return { status: 405, body: '' }
  const path = state.paths.find((each) => request.url?.startsWith(`${each}/`))
  if (path === undefined) return error('InvalidUriPathException')
  if (!isSigned(request, text, { clock, credential: state.credential }))
    return error('AuthenticationFailedException')
  const target = request.url?.slice(path.length) ?? ''
  const body = JSON.parse(text) as Body
  if (!body.requestMetadata.kmsOperation || !body.requestMetadata.kmsRequestId)
    return error('ValidationException')
  if (target === '/health') return { status: 200, body: health(state) }
  const [, keyId = '', operation] = /^\/keys\/([\w.-]+)\/(metadata|encrypt|decrypt)$/.exec(target) ?? []
  if (operation === undefined) return error('InvalidUriPathException')
  const key = state.keys.get(keyId)
  if (key === undefined) return error('KeyNotFoundException')
  if (operation === 'metadata') {
    return { status: 200, body: { keySpec: key.spec, keyUsage: key.usages, keyStatus: key.status } }
  }
  if (key.status !== 'ENABLED') return error('InvalidStateException')
  if (!key.usages.includes(operation.toUpperCase())) return error('InvalidKeyUsageException')
  if (body.encryptionAlgorithm !== 'AES_GCM') return error('ValidationException')
  return operation === 'encrypt' ? encrypt(key, body) : decrypt(key, body)
}

function health({ managers }: State) {
  return {
    xksProxyFleetSize: 1,
    xksProxyVendor: 'Example',
    xksProxyModel: 'Example XKS Proxy 1.0',
    ekmVendor: 'Example',
    ekmFleetDetails: managers.map((healthStatus, index) => ({
      id: `hsm-${index}`,
      model: 'Example HSM',
      healthStatus,
    })),
  }
}

const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64')

/** The AAD with the lengths of its parts, so that no part passes for the other ("Encrypt", ciphertextMetadata). */
function boundData(body: Body, metadata: Buffer): Buffer {
  const data = bytes(body.additionalAuthenticatedData)
  const dataLength = Buffer.alloc(2)
  dataLength.writeUInt16BE(data.length)
  return Buffer.concat([dataLength, data, Buffer.of(metadata.length), metadata])
}

function encrypt(key: ExternalKey, body: Body): Answer {
  const metadata = Buffer.from('key_version=1')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key.material, iv).setAAD(boundData(body, metadata))
  const ciphertext = Buffer.concat([cipher.update(bytes(body.plaintext)), cipher.final()])
  const tag = cipher.getAuthTag()
  const integrity = createHash('sha256')
  for (const part of [bytes(body.additionalAuthenticatedData), metadata, iv, ciphertext, tag])
    integrity.update(part)
  return {
    status: 200,
    body: {
      ciphertext: ciphertext.toString('base64'),
      ciphertextMetadata: metadata.toString('base64'),
      initializationVector: iv.toString('base64'),
      authenticationTag: tag.toString('base64'),
      ...(body.ciphertextDataIntegrityValueAlgorithm === 'SHA_256' && {
        ciphertextDataIntegrityValue: integrity.digest('base64'),
      }),
    },
  }
}

function decrypt(key: ExternalKey, body: Body): Answer {
  const decipher = createDecipheriv('aes-256-gcm', key.material, bytes(body.initializationVector))
  decipher.setAAD(boundData(body, bytes(body.ciphertextMetadata)))
  decipher.setAuthTag(bytes(body.authenticationTag))
  try {
    const plaintext = Buffer.concat([decipher.update(bytes(body.ciphertext)), decipher.final()])
    return { status: 200, body: { plaintext: plaintext.toString('base64') } }
  } catch {
    return error('InvalidCiphertextException')
  }
}
