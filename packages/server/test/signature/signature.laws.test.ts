import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCredential } from '../../src/http/signature.ts'
import { Refusal } from '../../src/protocol/errors.ts'
import {
  canonicalPath,
  canonicalQuery,
  collapseSpaces,
  encodePercent,
  parseQuery,
} from '../../src/sigv4/canonical.ts'
import { basicTime, parseBasicTime } from '../../src/sigv4/signature-time.ts'
import { answerTo, mismatch, presignedBySdk, signedBySdk, withHeader } from './requests.ts'

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed())
// Header values may hold anything that HTTP lets through: no line breaks, and no space at either end.
const value = fc
  .string({ unit: fc.constantFrom('a', 'Z', ' ', '"', ',', 'é', '日', '~'), maxLength: 20 })
  .map((text) => text.trim())
// The SDK's signer keeps parameters in an ordinary object, and loses one of this name; parsing keeps it (see below).
const name = word.filter((text) => text !== '__proto__')
const query = fc.dictionary(name, fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })), {
  maxKeys: 5,
})
const path = fc.array(fc.constantFrom('a', 'b c', 'é', '~', '.', '..', '', '%', 'x=y'), { maxLength: 5 })
const wish = fc.record({
  query,
  path: path.map((segments) => `/${segments.map(encodeURIComponent).join('/')}`),
  headers: fc.record({ 'x-amz-meta': value, 'my-header': value }),
  body: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
})

test('whatever the SDK signs is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(wish, async (request) => {
      expect(answerTo(await signedBySdk(request))).toBe('accepted')
    }),
  )
})

test('a parameter called __proto__ is a parameter like any other', () => {
  expect(canonicalQuery('b=1&__proto__=2&a=3')).toBe('__proto__=2&a=3&b=1')
})

test('whatever the SDK presigns is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(wish, async ({ headers: _, ...request }) => {
      expect(answerTo(await presignedBySdk(request))).toBe('accepted')
    }),
  )
})

test('whatever changes in a signed header, beyond its spaces, is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(value, value, async (before, after) => {
      const request = await signedBySdk({ headers: { 'x-amz-meta': before } })
      const changed = withHeader(request, 'x-amz-meta', Buffer.from(after).toString('latin1'))
      const isSame = collapseSpaces(before) === collapseSpaces(after)
      expect(answerTo(changed)).toBe(isSame ? 'accepted' : mismatch)
    }),
  )
})

test('nothing an Authorization header or a query says does more than refuse', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `AWS4-HMAC-SHA256 ${rest}`),
    fc
      .array(
        fc.constantFrom(
          'Credential=',
          'a/20261123/r/s/aws4_request',
          'Signature=',
          ',',
          ' ',
          'SignedHeaders=host',
          '=',
        ),
      )
      .map((parts) => `AWS4-HMAC-SHA256 ${parts.join('')}`),
  )
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (authorization, date, rest) => {
      const headers = ['host', 'h', 'authorization', authorization, 'x-amz-date', date]
      const request = { method: 'POST', path: `/${rest}`, query: `X-Amz-Date=${rest}`, headers }
      for (const each of [request, { ...request, headers: headers.slice(0, 2) }])
        try {
          readCredential(each)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Refusal)
        }
    }),
  )
})

test('an Authorization header is read the same, whatever others with the same beginning were read before', () => {
  const parts = fc.record({
    credential: fc.constantFrom('a/20261123/r/s/aws4_request', 'a/20261122/r/s/aws4_request', 'a/b', ''),
    signedHeaders: fc.constantFrom('host;x-amz-date', 'x-amz-date;host', 'HOST;x-amz-date', 'host', ''),
    signature: fc.constantFrom(
      '0'.repeat(64),
      `${'a'.repeat(63)}f`,
      'A'.repeat(64),
      'a'.repeat(63),
      ` ${'0'.repeat(63)}`,
      `${'0'.repeat(63)}\xa0`,
      `${'0'.repeat(60)},a=b`,
    ),
    mark: fc.constantFrom('Signature', 'Signature', 'XSignature', 'signature'),
    scheme: fc.constantFrom('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256', 'AWS4-X'),
    date: fc.constantFrom('20261123T120000Z', '20261122T120000Z', '20261131T120000Z', '20261123T120000Z '),
  })
  type Parts = typeof parts extends fc.Arbitrary<infer P> ? P : never
  const outcome = ({ credential, signedHeaders, signature, mark, scheme, date }: Parts, isLast: boolean) => {
    const most = [`Credential=${credential}`, `SignedHeaders=${signedHeaders}`]
    const all = isLast ? [...most, `${mark}=${signature}`] : [`${mark}=${signature}`, ...most]
    const headers = ['host', 'h', 'x-amz-date', date, 'authorization', `${scheme} ${all.join(', ')}`]
    try {
      return { ...readCredential({ headers, query: '' }), headers: undefined, known: undefined }
    } catch (thrown) {
      // Some messages tell the hash of the whole header, which is another here.
      return String(thrown).replace(/ \(.*| Authorization=.*/, '')
    }
  }
  fc.assert(
    fc.property(parts, parts, (before, now) => {
      outcome(before, true)
      outcome({ ...now, signature: '1'.repeat(64) }, true)
      // Only where the signature is last is anything remembered.
      expect(outcome(now, true)).toEqual(outcome(now, false))
    }),
    { numRuns: 1000 },
  )
})

test('a query has one canonical form, whatever the order and the encoding it came in', () => {
  const pairs = fc.array(fc.tuple(word, word), { maxLength: 6 })
  fc.assert(
    fc.property(pairs, (sent) => {
      const bytes = sent.map((pair) => pair.map((text) => Buffer.from(text).toString('latin1')))
      const text = bytes.map((pair) => pair.map(encodePercent).join('='))
      const lower = text.map((each) => each.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()))
      expect(canonicalQuery(lower.reverse().join('&'))).toBe(canonicalQuery(text.join('&')))
      expect(canonicalQuery(canonicalQuery(text.join('&')))).toBe(canonicalQuery(text.join('&')))
      expect(parseQuery(text.join('&')).map((each) => [each.name, each.value])).toEqual(bytes)
    }),
  )
})

test('a canonical path never climbs, and always starts at the root', () => {
  fc.assert(
    fc.property(path, (segments) => {
      const canonical = canonicalPath(`/${segments.join('/')}`)
      expect(canonical.startsWith('/')).toBe(true)
      expect(canonical.split('/')).not.toContain('..')
      expect(canonical).not.toContain('//')
    }),
  )
})

test('a time that was written is read as itself, and nothing else is a time', () => {
  const seconds = fc.integer({ min: 0, max: 4_102_444_799 })
  fc.assert(
    fc.property(seconds, (time) => {
      expect(parseBasicTime(basicTime(time * 1000))).toBe(time * 1000)
    }),
  )
  const digits = fc.stringMatching(/^[0-9]{8}T[0-9]{6}Z$/)
  fc.assert(
    fc.property(digits, (text) => {
      const time = parseBasicTime(text)
      if (time !== undefined) expect(basicTime(time)).toBe(text)
    }),
  )
})
