import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeadReader, type RequestHead } from '../../src/http/request-head.ts'
import { credentialIn, verifySignature } from '../../src/http/signature.ts'
import { Refusal } from '../../src/protocol/errors.ts'
import { canonicalRequest } from '../../src/sigv4/canonical.ts'
import { CanonicalBytes } from '../../src/sigv4/canonical-bytes.ts'
import { signRequest } from '../../src/sigv4/sign.ts'

/** Much is remembered of one request for the next over the same connection, and none of it may ever show. */

const now = Date.UTC(2026, 10, 23, 12)
const secrets: Readonly<Record<string, string>> = {
  AKIAONE: 'the first secret',
  AKIATWO: 'the second secret',
}

const signing = fc.record({
  accessKeyId: fc.constantFrom('AKIAONE', 'AKIATWO'),
  region: fc.constantFrom('us-east-1', 'eu-west-1'),
  service: fc.constant('kms'),
  now: fc.constantFrom(now, now + 1000, now - 86_400_000),
})

const value = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '\t', '"', ',', 'é', '~'), maxLength: 20 })
/** Mostly the same names, so that what is remembered is used. */
const headers = fc.record(
  { 'x-amz-target': value, 'x-amz-meta': value, accept: fc.constant('*/*'), 'my-header': value },
  { requiredKeys: ['x-amz-target', 'accept'] },
)

/** What is done to a request after it was signed. */
const change = fc.constantFrom(
  'nothing',
  'nothing',
  'nothing',
  'signature',
  'value',
  'date',
  'unsigned name',
  'name left out',
  'body',
  'path',
  'query',
  'signed headers',
)

const sent = fc
  .record({
    signing,
    headers,
    change,
    path: fc.constantFrom('/', '/', '/a//b/../c d'.replace(' ', '%20')),
    query: fc.constantFrom('', '', 'b=2&a=1'),
    body: fc.constantFrom('{}', '{"a":1}', ''),
  })
  .map(({ signing: how, headers: more, change: changed, path, query, body }) => {
    const secretAccessKey = secrets[how.accessKeyId] ?? ''
    const signed = signRequest(
      { method: 'POST', path, query, headers: { host: 'h', ...more }, body: Buffer.from(body) },
      { ...how, secretAccessKey },
    )
    const tampered = tamper(signed, changed)
    const target = `${changed === 'path' ? `${path}x` : path}${query === '' ? '' : `?${query}`}${changed === 'query' ? '?c=3' : ''}`
    const lines = Object.entries(tampered).map((line) => `${line.join(': ')}\r\n`)
    return {
      isTampered: changed !== 'nothing',
      isNow: how.now !== now - 86_400_000,
      head: `POST ${target} HTTP/1.1\r\n${lines.join('')}\r\n`,
      body: Buffer.from(changed === 'body' ? `${body} ` : body),
    }
  })

function tamper(signed: Record<string, string>, changed: string): Record<string, string> {
  const { authorization = '', 'x-amz-date': date = '', 'x-amz-target': target, ...others } = signed
  const turned = authorization.slice(-1) === '0' ? '1' : '0'
  const all = { ...others, 'x-amz-date': date, 'x-amz-target': target ?? '', authorization }
  const without: Record<string, string> = { ...others, 'x-amz-date': date, authorization }
  const between: Record<string, string> = { host: 'h', 'x-amz-meta': '', ...others }
  const unsigned = { 'x-amz-meta': 'unsigned' }
  const changes: Readonly<Record<string, Record<string, string>>> = {
    signature: { ...all, authorization: `${authorization.slice(0, -1)}${turned}` },
    value: { ...all, 'x-amz-target': `${target}x` },
    date: { ...all, 'x-amz-date': date.replace(/..Z$/, '59Z') },
    // A name that others sign, where they have it.
    'unsigned name': { ...between, ...all, ...unsigned },
    'name left out': without,
    'signed headers': { ...all, authorization: authorization.replace('x-amz-target', 'accept') },
  }
  return changes[changed] ?? all
}

type Sent = typeof sent extends fc.Arbitrary<infer S> ? S : never

/** How a request is answered: its refusal as code and message, or `accepted`. */
function answerTo({ method, path, query, fields }: RequestHead, body: Uint8Array, isAlone: boolean): string {
  try {
    const credential = credentialIn(isAlone ? new Map(fields) : fields, query)
    const asked = isAlone ? { ...credential, known: undefined } : credential
    verifySignature(asked, { method, path, query, body }, secrets[credential.accessKeyId] ?? '', now)
    return 'accepted'
  } catch (thrown) {
    if (thrown instanceof Refusal) return `${thrown.code}: ${thrown.message}`
    throw thrown
  }
}

function read(reader: HeadReader, { head }: Sent): RequestHead {
  const found = reader.read(head)
  if (typeof found === 'string') throw new Error(`${found}: ${head}`)
  return found
}

test('each request over a connection is believed or refused as if it had come alone, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 12 }), (requests) => {
      const reader = new HeadReader()
      for (const request of requests) {
        const answer = answerTo(read(reader, request), request.body, false)
        expect(answer).toBe(answerTo(read(new HeadReader(), request), request.body, true))
        if (request.isTampered || !request.isNow) expect(answer).not.toBe('accepted')
        else expect(answer).toBe('accepted')
      }
    }),
    { numRuns: 400 },
  )
})

test('what is hashed for a signature is the canonical request, whatever was hashed before', () => {
  const signedHeaders = ['host', 'x-amz-date', 'x-amz-target']
  const parts = fc.record({
    method: fc.constantFrom('POST', 'GET', 'DELETE'),
    path: fc.constantFrom('/', '', '/a/../b', '/é', '/a'),
    query: fc.constantFrom('', 'b=1&a=2', 'a', 'X-Amz-Signature=1'),
    pathForm: fc.constantFrom('normal' as const, 'as-sent' as const),
    bodyHash: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)),
    headers: fc
      .record({ host: value, 'x-amz-date': value, 'x-amz-target': value, other: value }, { requiredKeys: [] })
      .map((values) => new Map(Object.entries(values))),
  })
  fc.assert(
    fc.property(fc.constantFrom(signedHeaders, ['host'], []), fc.array(parts), (names, all) => {
      const bytes = new CanonicalBytes(names)
      for (const each of all) {
        const written = bytes.write(each)
        const wanted = canonicalRequest({ ...each, signedHeaders: names })
        expect(written && Buffer.from(written).toString('latin1')).toBe(wanted)
      }
    }),
    { numRuns: 500 },
  )
})
