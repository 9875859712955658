import { describe, expect, test } from 'vitest'
import { readCredential, requireScope } from '../../src/http/signature.ts'
import { Refusal } from '../../src/protocol/errors.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import {
  accessKeyId,
  answerTo,
  headerOf,
  mismatch,
  now,
  presignedBySdk,
  secretAccessKey,
  sha256,
  signedBySdk,
  withHeader,
  withoutHeader,
} from './requests.ts'

const minute = 60_000

describe('what the SDK signs is accepted', () => {
  test('an ordinary call', async () => {
    expect(answerTo(await signedBySdk({ headers: { 'x-amz-target': 'TrentService.Encrypt' } }))).toBe(
      'accepted',
    )
  })

  test('a call with a session token', async () => {
    const request = await signedBySdk({ sessionToken: 'token' })
    expect(answerTo(request)).toBe('accepted')
    expect(readCredential(request).sessionToken).toBe('token')
  })

  test('a presigned request, with and without a session token', async () => {
    const wish = { method: 'GET', body: '', query: { Action: 'GetCallerIdentity' }, service: 'sts' }
    expect(answerTo(await presignedBySdk(wish))).toBe('accepted')
    const withToken = await presignedBySdk({ ...wish, sessionToken: 'a/b+c==' })
    expect(answerTo(withToken)).toBe('accepted')
    expect(readCredential(withToken).sessionToken).toBe('a/b+c==')
  })

  test('headers in any order and any case', async () => {
    const { headers, ...rest } = await signedBySdk({ headers: { 'x-amz-target': 'TrentService.Sign' } })
    const pairs = Array.from({ length: headers.length / 2 }, (_, index) =>
      headers.slice(index * 2, index * 2 + 2),
    )
    const turned = pairs.reverse().flatMap(([name = '', value = '']) => [name.toUpperCase(), value])
    expect(answerTo({ ...rest, headers: turned })).toBe('accepted')
  })

  test('the parts of the Authorization header in any order, with any spaces', async () => {
    const request = await signedBySdk()
    const [scheme = '', ...parts] = headerOf(request, 'authorization').split(/,? /)
    for (const text of [`${scheme}  ${parts.reverse().join(' ,  ')}`, `${scheme} ${parts.join(',')}`])
      expect(answerTo(withHeader(request, 'authorization', text))).toBe('accepted')
  })

  test('a session token that was added after signing, as some signers do', async () => {
    const request = withHeader(await signedBySdk(), 'x-amz-security-token', 'token')
    expect(answerTo(request)).toBe('accepted')
    expect(readCredential(request).sessionToken).toBe('token')
  })

  test('a space in the query, whether it comes as a plus or as percent and digits', async () => {
    const request = await signedBySdk({ query: { a: 'b c' } })
    expect(answerTo({ ...request, query: 'a=b+c' })).toBe('accepted')
    expect(answerTo({ ...request, query: 'a=b%2Bc' })).toBe(mismatch)
  })

  test('what we sign ourselves', () => {
    const body = Buffer.from('{"KeyId":"é"}')
    const unsigned = { method: 'POST', path: '/', headers: { host: 'h' }, body }
    const signing = {
      accessKeyId,
      secretAccessKey,
      sessionToken: 't',
      region: 'us-east-1',
      service: 'kms',
      now,
    }
    const headers = Object.entries(signRequest(unsigned, signing)).flat()
    expect(answerTo({ method: 'POST', path: '/', query: '', headers, body })).toBe('accepted')
  })

  test('a Date header where there is no X-Amz-Date', async () => {
    const bare = withoutHeader(await signedBySdk(), 'x-amz-date')
    const { timeText } = readCredential(withHeader(bare, 'date', 'Mon, 23 Nov 2026 12:00:00 GMT'))
    expect(timeText).toBe('20261123T120000Z')
  })
})

describe('a request that was changed is refused', () => {
  const changes: Readonly<
    Record<string, (request: Awaited<ReturnType<typeof signedBySdk>>) => typeof request>
  > = {
    body: (request) => ({ ...request, body: Buffer.from('{ }') }),
    method: (request) => ({ ...request, method: 'PUT' }),
    path: (request) => ({ ...request, path: '/other' }),
    query: (request) => ({ ...request, query: 'a=b' }),
    'a signed header': (request) => withHeader(request, 'x-amz-target', 'TrentService.Decrypt'),
    'a missing signed header': (request) => withoutHeader(request, 'x-amz-target'),
    host: (request) => withHeader(request, 'host', 'elsewhere'),
    'the claimed hash': (request) => withHeader(request, 'x-amz-content-sha256', sha256('{ }')),
    'an unsigned payload': (request) => withHeader(request, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD'),
    'the time': (request) => withHeader(request, 'x-amz-date', '20261123T120001Z'),
    'a signature cut short': (request) =>
      withHeader(request, 'authorization', headerOf(request, 'authorization').slice(0, -1)),
    'a capital letter in the signature': (request) =>
      withHeader(
        request,
        'authorization',
        headerOf(request, 'authorization').replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase()),
      ),
    'the Region': (request) =>
      withHeader(
        request,
        'authorization',
        headerOf(request, 'authorization').replace('us-east-1', 'us-east-2'),
      ),
    'the service': (request) =>
      withHeader(request, 'authorization', headerOf(request, 'authorization').replace('/kms/', '/iam/')),
  }
  for (const [what, change] of Object.entries(changes))
    test(what, async () => {
      const request = await signedBySdk({ headers: { 'x-amz-target': 'TrentService.Encrypt' } })
      expect(answerTo(request)).toBe('accepted')
      expect(answerTo(change(request))).toBe(mismatch)
    })

  test('even where the header that is gone was empty', async () => {
    const request = await signedBySdk({ headers: { 'my-header': '' } })
    expect(answerTo(request)).toBe('accepted')
    expect(answerTo(withoutHeader(request, 'my-header'))).toBe(mismatch)
  })

  test('and so is one signed with another secret, before and after the right one was seen', async () => {
    const request = await signedBySdk()
    expect(answerTo(request, { secret: 'other' })).toBe(mismatch)
    expect(answerTo(request)).toBe('accepted')
    expect(answerTo(request, { secret: 'other' })).toBe(mismatch)
    expect(answerTo(request)).toBe('accepted')
  })

  test('a presigned request with a longer life than was signed', async () => {
    const request = await presignedBySdk({ expiresIn: 60 })
    expect(answerTo({ ...request, query: request.query.replace('Expires=60', 'Expires=600') })).toBe(mismatch)
  })
})

describe('time', () => {
  test('five minutes either way are forgiven, and one second more is not', async () => {
    const request = await signedBySdk()
    expect(answerTo(request, { at: now + 5 * minute })).toBe('accepted')
    expect(answerTo(request, { at: now - 5 * minute })).toBe('accepted')
    expect(answerTo(request, { at: now + 5 * minute + 1000 })).toBe(
      'InvalidSignatureException: Signature expired: 20261123T120000Z is now earlier than 20261123T120001Z (20261123T120501Z - 5 min.)',
    )
    expect(answerTo(request, { at: now - 5 * minute - 1000 })).toBe(
      'InvalidSignatureException: Signature not yet current: 20261123T120000Z is still later than 20261123T115959Z (20261123T115459Z + 5 min.)',
    )
  })

  test('a presigned request lives as long as it says', async () => {
    const request = await presignedBySdk({ expiresIn: 3600 })
    expect(answerTo(request, { at: now + 60 * minute })).toBe('accepted')
    expect(answerTo(request, { at: now + 61 * minute })).toBe(
      'InvalidSignatureException: Signature expired: 20261123T120000Z is now earlier than 20261123T120100Z (20261123T130100Z - 60 min.)',
    )
  })

  test('an hour is not a number of seconds, and a week is the most', async () => {
    const request = await presignedBySdk({ expiresIn: 60 })
    const living = (text: string) =>
      answerTo({ ...request, query: request.query.replace('Expires=60', `Expires=${text}`) })
    expect(living('1h')).toBe('IncompleteSignatureException: X-Amz-Expires should be a number')
    expect(living('0')).toContain('IncompleteSignatureException: X-Amz-Expires must be greater')
    expect(living('604801')).toContain('IncompleteSignatureException: X-Amz-Expires must be less than a week')
  })

  test('a date that is none is told what a date looks like', async () => {
    const request = await signedBySdk()
    for (const text of [
      '2026-11-23T12:00:00Z',
      '20261331T000000Z',
      '20260631T000000Z',
      '20261123T240000Z',
      '20261123T126000Z',
      '',
      'a,b',
    ])
      expect(answerTo(withHeader(request, 'x-amz-date', text))).toBe(
        `IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      )
  })

  test('the day of the scope is the day of the request', async () => {
    const request = await signedBySdk()
    const text = headerOf(request, 'authorization').replace('/20261123/', '/20261122/')
    expect(answerTo(withHeader(request, 'authorization', text))).toBe(
      "InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261122' != '20261123', from '20261123T120000Z'.",
    )
  })
})

describe('what is incomplete is told what is missing', () => {
  test('no signature at all', async () => {
    const request = await signedBySdk()
    const bare = withoutHeader(request, 'authorization')
    const missing = 'MissingAuthenticationTokenException: Missing Authentication Token'
    expect(answerTo(bare)).toBe(missing)
    expect(answerTo({ ...bare, query: 'Action=X-Amz-nothing' })).toBe(missing)
    expect(answerTo(withHeader(request, 'authorization', 'Basic dXNlcjpwYXNz'))).toBe(missing)
  })

  test('every part that is missing is named, and the header itself is not repeated', async () => {
    const request = withoutHeader(await signedBySdk(), 'x-amz-date')
    const answer = answerTo(withHeader(request, 'authorization', 'AWS4-HMAC-SHA256 Secret=hunter2'))
    expect(answer).toBe(
      "IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=KubIv8/pZLwOql49LCk1jgZd7u7mYcwPa2B34d5WEo8=",
    )
  })

  test('a part without equal sign, a part twice, another algorithm, a short credential', async () => {
    const request = await signedBySdk()
    const text = headerOf(request, 'authorization')
    const withText = (changed: string) => answerTo(withHeader(request, 'authorization', changed))
    expect(withText('AWS4-HMAC-SHA256 hunter2')).toMatch(/missing equal-sign\).*: '[^h]/)
    expect(withText(`${text}, Credential=a`)).toContain("more than one 'Credential' parameter")
    expect(withText(text.replace('SHA256', 'SHA512'))).toBe(
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.",
    )
    expect(withText(text.replace('/kms/', '/'))).toContain('must have exactly 5 slash-delimited elements')
    expect(withText(text.replace('aws4_request', 'aws5'))).toContain("valid terminator: 'aws4_request'")
  })

  test('every part of a presigned request that is missing is named', async () => {
    const request = await presignedBySdk()
    const query = request.query.replace(/&?X-Amz-(Signature|Date)=[^&]*/g, '')
    expect(answerTo({ ...request, query })).toBe(
      "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    )
    expect(answerTo({ ...request, query: `${request.query}&X-Amz-Date=20261123T120000Z` })).toContain(
      'only once',
    )
  })

  test('the host must be signed, and every header that means something to AWS', async () => {
    const request = await signedBySdk()
    const text = headerOf(request, 'authorization').replace(/host;/, '')
    expect(answerTo(withHeader(request, 'authorization', text))).toBe(
      "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    )
    expect(answerTo(withHeader(request, 'x-amz-target', 'TrentService.Decrypt'))).toBe(
      'InvalidSignatureException: The request signature does not conform to AWS standards. Header(s) not signed: x-amz-target.',
    )
    expect(answerTo(withHeader(request, 'x-amzn-trace-id', 'Root=1'))).toBe('accepted')
  })
})

describe('the scope', () => {
  const served = { service: 'kms', regions: ['us-east-1'] }
  test('must name this service and a Region that is served', async () => {
    const ours = readCredential(await signedBySdk())
    expect(() => requireScope(ours, served)).not.toThrow()
    const other = readCredential(await signedBySdk({ region: 'mars-1', service: 's3' }))
    expect(() => requireScope(other, served)).toThrow(
      new Refusal(
        'InvalidSignatureException',
        "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'kms'.",
      ),
    )
  })
})
