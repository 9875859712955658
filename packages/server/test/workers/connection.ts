import { Agent, request } from 'node:http'
import { signRequest } from '../../src/sigv4/sign.ts'
import { type Credentials, type Serving, serve } from '../serving.ts'

/** One connection that stays open, and so stays with the worker that it came to. */
export interface Connection {
  /** Calls an operation of KMS or Organizations, which speak JSON. */
  kms(operation: string, input: object): Promise<Outcome>
  /** Calls an operation of IAM or STS, which take forms and answer XML. */
  form(service: 'iam' | 'sts', action: string, parameters: Readonly<Record<string, string>>): Promise<Outcome>
  /** Sends the beginning of a request to KMS; the last byte of it when that is wanted, and then waits for the answer. */
  begin(operation: string, input: object): { finish(): Promise<Outcome> }
  close(): void
}

/** What came of a call. */
export interface Outcome {
  /** `ok`, or the code of what was refused. */
  readonly code: string
  readonly requestId: string
  /** The answer: JSON read, or the text of XML. */
  readonly answer: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A service whose calls are served by two workers, and connections to each of them. */
export async function servedByTwo(flags: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const serving = await serve({ ...flags, workers: '2' })
  await serving.claviger.workers?.allServe()
  return serving
}

/** For each of two workers a connection of somebody's: connections are made until the second one has one. */
export async function atBoth(serving: Serving, who: Credentials): Promise<readonly [Connection, Connection]> {
  const found: (Connection | undefined)[] = [undefined, undefined]
  const { workers } = serving.claviger
  for (let tries = 0; tries < 64; tries += 1) {
    const connection = connect(serving, who)
    const before = (await workers?.readings()) ?? []
    await connection.kms('ListKeys', {})
    const after = (await workers?.readings()) ?? []
    const bytesIn = (readings: (typeof after)[number] | undefined) =>
      readings?.meter.traffic.requestBytes ?? 0
    const at = after.findIndex((readings, index) => bytesIn(readings) > bytesIn(before[index]))
    if (found[at] === undefined) found[at] = connection
    else connection.close()
    const [one, other] = found
    if (one !== undefined && other !== undefined) return [one, other]
  }
  throw new Error('the system dealt all connections out to one worker')
}

export function connect({ url, clock }: Serving, credentials: Credentials): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { host } = new URL(url)
  const open = (sent: Sent) => {
    const body = Buffer.from(sent.body)
    const { service, headers } = sent
    const signed = signRequest(
      { method: 'POST', path: '/', headers: { ...headers, host }, body },
      { ...credentials, region: 'us-east-1', service, now: clock.now() },
    )
    const made = request(url, {
      method: 'POST',
      headers: { ...signed, 'content-length': body.length },
      agent,
    })
    const outcome = new Promise<Outcome>((resolve, reject) => {
      made.on('error', reject)
      made.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const requestId = String(response.headers['x-amzn-requestid'])
          resolve(
            outcomeOf(Buffer.concat(chunks).toString(), { isOk: response.statusCode === 200, requestId }),
          )
        })
      })
    })
    return { made, body, outcome }
  }
  const send = (sent: Sent) => {
    const { made, body, outcome } = open(sent)
    made.end(body)
    return outcome
  }
  const kmsCall = (operation: string, input: object): Sent => ({
    service: 'kms',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: JSON.stringify(input),
  })
  return {
    kms: (operation, input) => send(kmsCall(operation, input)),
    begin(operation, input) {
      const { made, body, outcome } = open(kmsCall(operation, input))
      made.write(body.subarray(0, -1))
      return {
        finish() {
          made.end(body.subarray(-1))
          return outcome
        },
      }
    },
    form: (service, action, parameters) =>
      send({
        service,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ Action: action, Version: versions[service], ...parameters }).toString(),
      }),
    close: () => agent.destroy(),
  }
}

interface Sent {
  readonly service: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const versions = { iam: '2010-05-08', sts: '2011-06-15' } as const

function outcomeOf(text: string, { isOk, requestId }: { isOk: boolean; requestId: string }): Outcome {
  const answer = text.startsWith('{') ? JSON.parse(text) : {}
  const code = isOk ? 'ok' : String(answer.__type ?? /<Code>(.*?)<\/Code>/.exec(text)?.[1])
  return { code: code.slice(code.indexOf('#') + 1), requestId, answer, text }
}
