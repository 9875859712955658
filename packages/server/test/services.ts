import { hash } from 'node:crypto'
import { addService } from '../src/index.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials, KMS, Person, Serving } from './serving.ts'
import { send, signedForm } from './wire/exchange.ts'

/** Registered services, and what users sign for them. */

/** Registers a service, as `claviger service add` does. */
export async function newService(house: Serving, name: string): Promise<Credentials> {
  const answer = await addService(house.dataDir, name)
  if (answer.kind !== 'added') throw new Error(JSON.stringify(answer))
  const { accessKeyId, secretAccessKey } = answer
  return { accessKeyId, secretAccessKey }
}

/** Has every call of a client carry these headers, signed. */
export function withHeaders(kms: KMS, extra: Readonly<Record<string, string>>): KMS {
  kms.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, extra)
      return next(args)
    },
    { step: 'build' },
  )
  return kms
}

/** What a service received from a user. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly string[]
  readonly bodyHash: string
}

export interface Wish {
  readonly service?: string
  readonly region?: string
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How far the signer's clock is ahead, in seconds. */
  readonly ahead?: number
}

let requests = 0

/** A request that somebody signed for a service, like none before it. */
export function signedFor(
  house: Serving,
  { credentials }: Pick<Person, 'credentials'>,
  wish: Wish = {},
): Received {
  const { service = 's3', region = 'us-east-1', method = 'GET', path = '/photos/cat.jpg', ahead = 0 } = wish
  const { query = 'x-id=GetObject' } = wish
  const body = Buffer.from(wish.body ?? '')
  requests += 1
  const bodyHash = hash('sha256', body, 'hex')
  const headers = signRequest(
    {
      method,
      path,
      query,
      headers: {
        host: 's3.example.com',
        'amz-sdk-invocation-id': String(requests),
        ...(service === 's3' && { 'x-amz-content-sha256': bodyHash }),
        ...wish.headers,
      },
      body,
    },
    { ...credentials, region, service, now: house.clock.now() + ahead * 1000 },
  )
  return { method, path, query, headers: Object.entries(headers).flat(), bodyHash }
}

/** The same with one header's value replaced, as nobody signed it. */
export function changed(received: Received, name: string, value: string): Received {
  const at = received.headers.indexOf(name)
  return { ...received, headers: received.headers.with(at + 1, value) }
}

export interface Exchanged {
  /** Empty when credentials were given, else as `Code: message`. */
  readonly refusal: string
  readonly credentials: Credentials
  readonly arn: string
  readonly account: string
  readonly expiration: string
}

/** Presents a request to Claviger, as a service or whoever else has credentials. */
export async function present(
  house: Serving,
  presenter: Credentials,
  received: Received,
): Promise<Exchanged> {
  const form = new URLSearchParams({
    Action: 'GetForwardAccessSession',
    Version: '2011-06-15',
    Method: received.method,
    Path: received.path,
    Query: received.query,
    BodyHash: received.bodyHash,
  })
  for (let index = 0; index < received.headers.length; index += 2) {
    form.set(`Headers.member.${index / 2 + 1}.Name`, received.headers[index] ?? '')
    form.set(`Headers.member.${index / 2 + 1}.Value`, received.headers[index + 1] ?? '')
  }
  const { body } = await send(
    house,
    signedForm(house, { ...presenter, service: 'sts', body: form.toString() }),
  )
  const read = (name: string) => {
    const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? ''
    return text.replaceAll('&apos;', "'")
  }
  return {
    refusal: read('Code') === '' ? '' : `${read('Code')}: ${read('Message')}`,
    credentials: {
      accessKeyId: read('AccessKeyId'),
      secretAccessKey: read('SecretAccessKey'),
      sessionToken: read('SessionToken'),
    },
    arn: read('Arn'),
    account: read('Account'),
    expiration: read('Expiration'),
  }
}

/** Somebody's clients with which a service calls for them. */
export async function through(
  house: Serving,
  presenter: Credentials,
  user: Pick<Person, 'credentials'>,
  wish: Wish = {},
): Promise<Person> {
  const { refusal, credentials, arn } = await present(house, presenter, signedFor(house, user, wish))
  if (refusal !== '') throw new Error(refusal)
  return house.person(arn, credentials)
}
