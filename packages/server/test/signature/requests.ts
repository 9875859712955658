import { hash } from 'node:crypto'
import { createRequire, registerHooks } from 'node:module'
import { readCredential, type SignedRequest, verifySignature } from '../../src/http/signature.ts'
import { Refusal } from '../../src/protocol/errors.ts'

/** Requests as the AWS SDK signs them, and what becomes of them here. */

// The packages under the signer offer bundlers a build that Node cannot read, and vitest asks for that one.
const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, {
      ...context,
      conditions: context.conditions.filter((condition) => condition !== 'module'),
    }),
})
const require = createRequire(import.meta.url)
const { Sha256 }: typeof import('@aws-crypto/sha256-js') = require('@aws-crypto/sha256-js')
const { SignatureV4 }: typeof import('@smithy/signature-v4') = require('@smithy/signature-v4')
hooks.deregister()

export const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE'
export const now = Date.UTC(2026, 10, 23, 12, 0, 0)

export interface Wish {
  readonly method?: string
  readonly path?: string
  readonly query?: Readonly<Record<string, string | string[]>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly region?: string
  readonly service?: string
  readonly sessionToken?: string
  readonly now?: number
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

const queryText = (query: Readonly<Record<string, string | string[] | null>>) =>
  Object.entries(query)
    .flatMap(([name, values]) => [values ?? ''].flat().map((value) => `${encode(name)}=${encode(value)}`))
    .join('&')

function signerFor({ region = 'us-east-1', service = 'kms', sessionToken }: Wish) {
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
  return new SignatureV4({ credentials, region, service, sha256: Sha256 })
}

const httpRequest = (wish: Wish) => ({
  method: wish.method ?? 'POST',
  protocol: 'http:',
  hostname: 'localhost',
  path: wish.path ?? '/',
  query: { ...wish.query },
  headers: { host: 'localhost:8080', ...wish.headers },
  body: wish.body ?? '{}',
})

const asSent = (request: ReturnType<typeof httpRequest>): SignedRequest => ({
  method: request.method,
  path: request.path,
  query: queryText(request.query),
  // Node hands header values over with one character for each byte.
  headers: Object.entries(request.headers).flatMap(([name, value]) => [
    name,
    Buffer.from(value).toString('latin1'),
  ]),
  body: Buffer.from(request.body),
})

/** A request that the SDK's own signer has signed in its headers. */
export async function signedBySdk(wish: Wish = {}): Promise<SignedRequest> {
  const signed = await signerFor(wish).sign(httpRequest(wish), { signingDate: new Date(wish.now ?? now) })
  return asSent(signed as ReturnType<typeof httpRequest>)
}

/** A request that the SDK's own signer has signed in its query. */
export async function presignedBySdk(
  wish: Wish & { readonly expiresIn?: number } = {},
): Promise<SignedRequest> {
  const signed = await signerFor(wish).presign(httpRequest(wish), {
    signingDate: new Date(wish.now ?? now),
    expiresIn: wish.expiresIn ?? 60,
  })
  return asSent(signed as ReturnType<typeof httpRequest>)
}

/** How a request is answered: its refusal as code and message, or `accepted`. */
export function answerTo(request: SignedRequest, { secret = secretAccessKey, at = now } = {}): string {
  try {
    verifySignature(readCredential(request), request, secret, at)
    return 'accepted'
  } catch (thrown) {
    if (thrown instanceof Refusal) return `${thrown.code}: ${thrown.message}`
    throw thrown
  }
}

export const mismatch =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** The same request with one header put in the place of another's value, or added. */
export function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  const at = request.headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name)
  const headers = at < 0 ? [...request.headers, name, value] : request.headers.with(at + 1, value)
  return { ...request, headers }
}

export function withoutHeader(request: SignedRequest, name: string): SignedRequest {
  const at = request.headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name)
  return { ...request, headers: request.headers.filter((_, index) => index !== at && index !== at + 1) }
}

export function headerOf(request: SignedRequest, name: string): string {
  const at = request.headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name)
  return request.headers[at + 1] ?? ''
}

export const sha256 = (text: string) => hash('sha256', text, 'hex')
