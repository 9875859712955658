import { signRequest } from '../packages/server/src/sigv4/sign.ts'
import { type Credentials, region } from './signed-request.ts'

/** Calls the running service once, for what must be there before a load can be made. */
export interface Caller {
  kms(operation: string, input: object): Promise<Record<string, unknown>>
  /** Gives the answer's XML as it is. */
  iam(action: string, parameters: Readonly<Record<string, string>>): Promise<string>
  /** How many bytes the service answers. */
  answerBytes(operation: string, input: object): Promise<number>
}

export function callerOf(url: string, credentials: Credentials): Caller {
  const kms = (operation: string, input: object) =>
    send({
      service: 'kms',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
      body: JSON.stringify(input),
    })
  const send = async ({ service, headers, body }: Sent): Promise<string> => {
    const bytes = Buffer.from(body)
    const { host, ...signed } = signRequest(
      { method: 'POST', path: '/', headers: { ...headers, host: new URL(url).host }, body: bytes },
      { region, ...credentials, service, now: Date.now() },
    )
    const response = await fetch(url, { method: 'POST', headers: signed, body: bytes })
    const text = await response.text()
    if (!response.ok) throw new Error(`${host} answered ${response.status} to ${body}: ${text}`)
    return text
  }
  return {
    kms: async (operation, input) => JSON.parse(await kms(operation, input)),
    answerBytes: async (operation, input) => Buffer.byteLength(await kms(operation, input)),
    iam: (action, parameters) =>
      send({
        service: 'iam',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString(),
      }),
  }
}

interface Sent {
  readonly service: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
