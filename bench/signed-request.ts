import { hash, randomUUID } from 'node:crypto'
import { signRequest } from '../packages/server/src/sigv4/sign.ts'

/** Somebody's access key. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Where they are used; us-east-1 unless said otherwise. */
  readonly region?: string
}

export interface KmsRequest {
  readonly host: string
  readonly operation: string
  readonly input: object
  readonly credentials: Credentials
  /** Milliseconds since the epoch. Servers take a signature for five minutes. */
  readonly now: number
}

export const region = 'us-east-1'

/** What Node's AWS SDK sends, of the same length and as many headers; a shorter request would flatter. */
const sdk = 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#26.10.0 api/kms#3.1164.0 m/E,N'

/** A signed request of the KMS API as it goes over the wire, ready to be sent over and over. */
export function signedBytes({ host, operation, input, credentials, now }: KmsRequest): Uint8Array {
  const body = Buffer.from(JSON.stringify(input))
  const headers = {
    host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `TrentService.${operation}`,
    'amz-sdk-invocation-id': randomUUID(),
    'amz-sdk-request': 'attempt=1; max=3',
    'x-amz-content-sha256': hash('sha256', body),
    'x-amz-user-agent': 'aws-sdk-js/3.1164.0',
  }
  const signed = signRequest(
    { method: 'POST', path: '/', headers, body },
    { region, ...credentials, service: 'kms', now },
  )
  const all = { ...signed, 'user-agent': sdk, accept: '*/*', 'content-length': String(body.length) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}
