import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'

/** Credentials in the form that AWS clients take them. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A request as it came in, with the hash that its body was found to have. */
export interface ReceivedRequest {
  readonly method: string
  /** The target of the request line, not decoded. */
  readonly target: string
  /** Names and values in wire order: Node's `rawHeaders`. */
  readonly headers: readonly string[]
  readonly bodyHash: string
}

/** Whoever signed it, and credentials to call KMS as them, through this service. */
export interface ForwardAccessSession {
  readonly account: string
  readonly arn: string
  readonly credentials: Credentials
}

/** The service's own place: where Claviger is, and what the service signs with. */
export interface Service {
  readonly endpoint: string
  readonly region: string
  readonly credentials: Credentials
}

/** What Claviger says of a request that it does not believe; the code is what its sender should be told. */
export class NotBelieved extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Presents a user's own request, and gets to act for them. Claviger checks the signature, so this service knows no
 * secrets of its users; and only what the user may do through this service can be done with the answer.
 *
 * @throws NotBelieved
 */
export async function actFor(request: ReceivedRequest, service: Service): Promise<ForwardAccessSession> {
  const answer = await callSts(formOf(request), service)
  if (answer.status !== 200) {
    // Of a request that is not good: the code and words that Claviger would have had for it itself.
    const [, code = textOf(answer.body, 'Code'), message = ''] =
      /^(\w+): (.*)$/s.exec(textOf(answer.body, 'Message')) ?? []
    throw new NotBelieved(code, message)
  }
  const read = (name: string) => textOf(answer.body, name)
  return {
    account: read('Account'),
    arn: read('Arn'),
    credentials: {
      accessKeyId: read('AccessKeyId'),
      secretAccessKey: read('SecretAccessKey'),
      sessionToken: read('SessionToken'),
    },
  }
}

function formOf({ method, target, headers, bodyHash }: ReceivedRequest): URLSearchParams {
  const mark = target.indexOf('?')
  const form = new URLSearchParams({
    Action: 'GetForwardAccessSession',
    Version: '2011-06-15',
    Method: method,
    Path: mark < 0 ? target : target.slice(0, mark),
    Query: mark < 0 ? '' : target.slice(mark + 1),
    BodyHash: bodyHash,
  })
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const member = `Headers.member.${index / 2 + 1}`
    form.set(`${member}.Name`, headers[index] ?? '')
    form.set(`${member}.Value`, headers[index + 1] ?? '')
  }
  return form
}

async function callSts(
  form: URLSearchParams,
  { endpoint, region, credentials }: Service,
): Promise<{ readonly status: number; readonly body: string }> {
  const { host, hostname, protocol } = new URL(endpoint)
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 })
  const body = form.toString()
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: '/',
    query: {},
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  const response = await fetch(endpoint, { method: 'POST', headers: signed.headers, body })
  return { status: response.status, body: await response.text() }
}

/** The text of the first element of a name; there are few, and each has its own. */
function textOf(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
