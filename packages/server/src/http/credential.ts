import { hash } from 'node:crypto'
import { Refusal } from '../protocol/errors.ts'
import { collapseSpaces, parseQuery, readHeaders } from '../sigv4/canonical.ts'
import { basicTime, parseBasicTime, parseDateHeader } from '../sigv4/signature-time.ts'
import type { SigningScope } from '../sigv4/signing-key.ts'
import { HeadFields } from './head-fields.ts'
import { type KnownAuthorization, keepAuthorization, keepSigned, recognize } from './known-authorization.ts'

/** A request as it came over the wire; the strings hold one character for each byte, as Node gives them. */
export interface SignedRequest {
  readonly method: string
  /** The target before `?`, not decoded. */
  readonly path: string
  /** The target after `?`, not decoded; the empty string without one. */
  readonly query: string
  /** Names and values in wire order, as in Node's `rawHeaders`. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

/** What a signed request says about who signed it, when and how. None of it is proven yet. */
export interface Credential {
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** Access key and scope as one text, as the request has them. */
  readonly text: string
  /** Lower-case and sorted. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly sessionToken: string | undefined
  /** Milliseconds since the epoch, and the same in SigV4's form. */
  readonly time: number
  readonly timeText: string
  /** How long a presigned request is good for; without it, the signature is in a header. */
  readonly expiresSeconds: number | undefined
  /** Header values by lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  /** What is remembered of requests with the same Authorization header up to the signature. */
  readonly known?: KnownAuthorization | undefined
}

/** The parts of a signature where the request has them, before anything is made of them. */
interface Claims {
  readonly algorithm: string
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  readonly timeText: string
  readonly time: number | undefined
  readonly sessionToken: string | undefined
  readonly expiresSeconds: number | undefined
}

const algorithm = 'AWS4-HMAC-SHA256'

/** Reads who claims to have signed a request, from its Authorization header or from its query. */
export function readCredential({ headers, query }: Pick<SignedRequest, 'headers' | 'query'>): Credential {
  return credentialIn(readHeaders(headers), query)
}

/** The same where the header values have been read already, by their lower-case names. */
export function credentialIn(headers: ReadonlyMap<string, string>, query: string): Credential {
  return usualCredential(headers) ?? anyCredential(headers, query)
}

/** Who claims to have signed a request that is like others before; what comes of it is what `anyCredential` gives. */
function usualCredential(headers: ReadonlyMap<string, string>): Credential | undefined {
  const timeText = headers.get('x-amz-date')
  const names = headers instanceof HeadFields ? headers.names : undefined
  const found = recognize(headers.get('authorization') ?? '', names)
  if (timeText === undefined || found === undefined) return undefined
  const time = parseBasicTime(timeText)
  const { known, signature, signsNames } = found
  if (time === undefined || !timeText.startsWith(known.scope.date)) return undefined
  const { accessKeyId, scope, text, signedHeaders } = known
  if (!signsNames) requireSigned(signedHeaders, headers)
  if (!signsNames && names !== undefined) keepSigned(names, known)
  const sessionToken = headers.get('x-amz-security-token')
  return {
    accessKeyId,
    scope,
    text,
    signedHeaders,
    signature,
    sessionToken,
    time,
    timeText,
    expiresSeconds: undefined,
    headers,
    known,
  }
}

function anyCredential(headers: ReadonlyMap<string, string>, query: string): Credential {
  const claims = readClaims(headers, query)
  const { time, signature, credential: text } = claims
  if (time === undefined)
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${claims.timeText}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  const signedHeaders = sorted(claims.signedHeaders.toLowerCase().split(';'))
  requireSigned(signedHeaders, headers)
  if (claims.algorithm !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${claims.algorithm}'.`)
  const timeText = claims.timeText.length === 16 ? claims.timeText : basicTime(time)
  const { accessKeyId, scope } = readScope(text, timeText)
  const { sessionToken, expiresSeconds } = claims
  const authorization = headers.get('authorization')
  if (authorization !== undefined) {
    keepAuthorization(authorization, signature, { accessKeyId, scope, text, signedHeaders })
  }
  return {
    accessKeyId,
    scope,
    text,
    signedHeaders,
    signature,
    sessionToken,
    time,
    timeText,
    expiresSeconds,
    headers,
  }
}

/** Clients send the names in order, and finding that out is cheaper than sorting. */
function sorted(names: string[]): readonly string[] {
  for (let index = 1; index < names.length; index += 1)
    if ((names[index] ?? '') < (names[index - 1] ?? '')) return names.sort()
  return names
}

const incomplete = (message: string) => new Refusal('IncompleteSignatureException', message)

function readClaims(headers: ReadonlyMap<string, string>, query: string): Claims {
  const authorization = headers.get('authorization')
  if (authorization !== undefined) return headerClaims(authorization, headers)
  if (!query.includes('X-Amz-')) throw new Refusal('MissingAuthenticationTokenException')
  return queryClaims(query)
}

/**
 * `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, in any order. What a header of some other
 * scheme holds is a secret of somebody's, so AWS answers with its hash, and so do we.
 */
function headerClaims(authorization: string, headers: ReadonlyMap<string, string>): Claims {
  if (!authorization.startsWith('AWS4-')) throw new Refusal('MissingAuthenticationTokenException')
  const space = authorization.indexOf(' ')
  const parts = new Map<string, string>()
  for (const part of space < 0 ? [] : authorization.slice(space + 1).split(',')) {
    const equals = part.indexOf('=')
    if (equals < 0)
      throw incomplete(
        `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed(part.trim())}'.`,
      )
    const name = part.slice(0, equals).trim()
    if (parts.has(name)) throw incomplete(`Authorization header has more than one '${name}' parameter.`)
    parts.set(name, part.slice(equals + 1).trim())
  }
  const amzDate = headers.get('x-amz-date')
  const date = amzDate ?? headers.get('date')
  const credential = parts.get('Credential')
  const signature = parts.get('Signature')
  const signedHeaders = parts.get('SignedHeaders')
  if (!credential || !signature || !signedHeaders || date === undefined)
    throw missingParts(authorization, {
      Credential: credential,
      Signature: signature,
      SignedHeaders: signedHeaders,
      date,
    })
  const timeText = collapseSpaces(date)
  return {
    algorithm: space < 0 ? authorization : authorization.slice(0, space),
    credential,
    signature,
    signedHeaders,
    timeText,
    time: amzDate === undefined ? parseDateHeader(timeText) : parseBasicTime(timeText),
    sessionToken: headers.get('x-amz-security-token'),
    expiresSeconds: undefined,
  }
}

/** One sentence for each part that is missing, in AWS's order. */
function missingParts(
  authorization: string,
  { date, ...parts }: Readonly<Record<string, string | undefined>>,
): Refusal {
  const sentences = Object.entries(parts)
    .filter(([, value]) => !value)
    .map(([name]) => `Authorization header requires '${name}' parameter.`)
  if (date === undefined)
    sentences.push(`Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`)
  return incomplete(
    `${sentences.join(' ')} (Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(authorization)}`,
  )
}

const hashed = (text: string) => hash('sha256', Buffer.from(text, 'latin1'), 'base64')

/** The most a presigned request may be good for: a week. */
const expiresSecondsMax = 604_800

/** A presigned request: the same parts as parameters. */
function queryClaims(query: string): Claims {
  const parts = new Map<string, string>()
  for (const { name, value } of parseQuery(query)) {
    if (name.startsWith('X-Amz-') && parts.has(name))
      throw incomplete(`AWS query-string parameters must include '${name}' only once. ${again}`)
    parts.set(name, value)
  }
  const names = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ]
  if (!names.some((name) => parts.has(name))) throw new Refusal('MissingAuthenticationTokenException')
  const missing = names.filter((name) => !parts.get(name))
  if (missing.length > 0)
    throw incomplete(
      `${missing.map((name) => `AWS query-string parameters must include '${name}'.`).join(' ')} ${again}`,
    )
  const [claimed = '', credential = '', signature = '', signedHeaders = '', text = ''] = names.map((name) =>
    parts.get(name),
  )
  return {
    algorithm: claimed,
    credential,
    signature,
    signedHeaders,
    timeText: text,
    time: parseBasicTime(text),
    sessionToken: parts.get('X-Amz-Security-Token'),
    expiresSeconds: readExpires(parts.get('X-Amz-Expires')),
  }
}

const again = 'Re-examine the query-string parameters.'

/** Without a time of its own a presigned request is good for as long as any other. */
function readExpires(text: string | undefined): number {
  if (text === undefined) return 300
  if (!/^[0-9]{1,9}$/.test(text)) throw incomplete('X-Amz-Expires should be a number')
  const seconds = Number(text)
  if (seconds < 1) throw incomplete('X-Amz-Expires must be greater than or equal to 1')
  if (seconds > expiresSecondsMax)
    throw incomplete(`X-Amz-Expires must be less than a week (in seconds); that is, ${expiresSecondsMax}`)
  return seconds
}

/**
 * The host must be signed, so that a request cannot be sent elsewhere, and so must every header that means
 * something to AWS. Session tokens are exempt: some signers add them afterwards, and they prove themselves.
 */
function requireSigned(signedHeaders: readonly string[], headers: ReadonlyMap<string, string>): void {
  if (!signedHeaders.includes('host'))
    throw new Refusal(
      'InvalidSignatureException',
      `'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`,
    )
  for (const name of headers.keys())
    if (name.startsWith('x-amz-') && name !== 'x-amz-security-token' && !signedHeaders.includes(name))
      throw new Refusal(
        'InvalidSignatureException',
        `The request signature does not conform to AWS standards. Header(s) not signed: ${name}.`,
      )
}

function readScope(credential: string, timeText: string): { accessKeyId: string; scope: SigningScope } {
  const parts = credential.split('/')
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = parts
  if (parts.length !== 5 || accessKeyId === '')
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  const sentences: string[] = []
  if (terminator !== 'aws4_request')
    sentences.push(`Credential should be scoped with a valid terminator: 'aws4_request'.`)
  const day = timeText.slice(0, 8)
  if (date !== day)
    sentences.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timeText}'.`,
    )
  if (sentences.length > 0) throw new Refusal('InvalidSignatureException', sentences.join(' '))
  return { accessKeyId, scope: { date, region, service } }
}
