import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../src/base/clock.ts'

/** What a proxy and those who ask it share. */
export interface Credential {
  readonly AccessKeyId: string
  readonly RawSecretAccessKey: string
}

/** Appendix A of the specification: what is signed is always a POST with host and time, and its body. */
export function isSigned(
  request: IncomingMessage,
  text: string,
  { clock, credential }: { readonly clock: Clock; readonly credential: Credential },
): boolean {
  const time = String(request.headers['x-amz-date'])
  const form =
    /^AWS4-HMAC-SHA256 Credential=([A-Z2-7]+)\/(\d{8})\/([\w-]+)\/kms-xks-proxy\/aws4_request, SignedHeaders=host;x-amz-date, Signature=([0-9a-f]{64})$/
  const [, accessKeyId, date = '', region = '', signature] =
    form.exec(request.headers.authorization ?? '') ?? []
  const canonical = [
    'POST',
    request.url,
    '',
    `host:${request.headers.host}`,
    `x-amz-date:${time}`,
    '',
    'host;x-amz-date',
    sha256(text),
  ].join('\n')
  const scope = `${date}/${region}/kms-xks-proxy/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  let key = Buffer.from(`AWS4${credential.RawSecretAccessKey}`)
  for (const part of [date, region, 'kms-xks-proxy', 'aws4_request', toSign]) key = hmac(key, part)
  const sentAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  return (
    accessKeyId === credential.AccessKeyId &&
    time.startsWith(date) &&
    Math.abs(clock.now() - sentAt) <= 300_000 &&
    key.toString('hex') === signature
  )
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
