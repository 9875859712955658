import { hash } from 'node:crypto'
import { canonicalRequest, readHeaders } from './canonical.ts'
import { basicTime } from './signature-time.ts'
import { createSigner, scopeText } from './signing-key.ts'

export interface Signing {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface UnsignedRequest {
  readonly method: string
  readonly path: string
  readonly query?: string
  /** Must name the host. Everything that is here gets signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The headers of a request with a SigV4 signature over all of them, as a client would send it. */
export function signRequest(request: UnsignedRequest, signing: Signing): Record<string, string> {
  const time = basicTime(signing.now)
  const headers = {
    ...request.headers,
    'x-amz-date': time,
    ...(signing.sessionToken === undefined ? {} : { 'x-amz-security-token': signing.sessionToken }),
  }
  const values = readHeaders(Object.entries(headers).flat())
  const signedHeaders = [...values.keys()].sort()
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    query: request.query ?? '',
    headers: values,
    signedHeaders,
    bodyHash: hash('sha256', request.body, 'hex'),
  })
  const scope = { date: time.slice(0, 8), region: signing.region, service: signing.service }
  const signer = createSigner(signing.secretAccessKey, scope)
  const signature = signer(time, hash('sha256', Buffer.from(canonical ?? '', 'latin1'), 'hex'))
  const credential = `${signing.accessKeyId}/${scopeText(scope)}`
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  }
}
