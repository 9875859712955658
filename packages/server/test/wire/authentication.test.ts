import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SignedRequest } from '../../src/http/signature.ts'
import { account, type Serving, serve } from '../serving.ts'
import { presignedBySdk } from '../signature/requests.ts'
import { exchange, send, signed, signedForm, withHeader } from './exchange.ts'

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

/** What a request is answered with, as `200` or as `status code: message`. */
async function answerTo(request: SignedRequest): Promise<string> {
  const { status, body } = await send(house, request)
  if (status === 200) return '200'
  if (body.startsWith('<')) {
    const [, code, message] = /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec(body) ?? []
    return `${status} ${code}: ${message}`
  }
  const { __type, message } = JSON.parse(body) as { __type: string; message: string }
  return `${status} ${__type}: ${message}`
}

const mismatch =
  '400 InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const unknown = '400 UnrecognizedClientException: The security token included in the request is invalid.'

const callerIdentity = { service: 'sts', body: 'Action=GetCallerIdentity&Version=2011-06-15' }

test('a signed request is answered', async () => {
  expect(await answerTo(signed(house))).toBe('200')
})

describe('a request that nobody signed', () => {
  test('has no authentication token', async () => {
    const text = '400 MissingAuthenticationTokenException: Missing Authentication Token'
    const request = signed(house)
    expect(await answerTo(withHeader(request, 'authorization', undefined))).toBe(text)
    expect(await answerTo(withHeader(request, 'authorization', 'Basic YWxpY2U6c2VjcmV0'))).toBe(text)
    expect(await answerTo(withHeader(request, 'authorization', 'Bearer token'))).toBe(text)
  })

  test('is told in XML where it speaks the protocol of IAM and STS', async () => {
    const request = signedForm(house, callerIdentity)
    expect(await answerTo(request)).toBe('200')
    expect(await answerTo(withHeader(request, 'authorization', undefined))).toBe(
      '403 MissingAuthenticationToken: Missing Authentication Token',
    )
  })
})

describe('a signature that is not whole', () => {
  const authorization = (request: SignedRequest) =>
    request.headers[request.headers.indexOf('authorization') + 1]
  const changed = (change: (text: string) => string) => {
    const request = signed(house)
    return answerTo(withHeader(request, 'authorization', change(authorization(request) ?? '')))
  }

  test('lacks its parts by name', async () => {
    for (const part of ['Credential', 'SignedHeaders', 'Signature']) {
      expect(await changed((text) => text.replace(`${part}=`, 'Other='))).toMatch(
        new RegExp(`^400 IncompleteSignatureException: Authorization header requires '${part}' parameter\\.`),
      )
    }
  })

  test('lacks a date', async () => {
    expect(await answerTo(withHeader(signed(house), 'x-amz-date', undefined))).toMatch(
      /^400 IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\./,
    )
  })

  test('has a credential that is no scope', async () => {
    expect(await changed((text) => text.replace('/us-east-1/', '/'))).toMatch(
      /^400 IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements/,
    )
  })

  test('has an algorithm that is not SigV4’s', async () => {
    expect(await changed((text) => text.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-MD5'))).toMatch(
      /^400 IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5'\.$/,
    )
  })

  test('does not sign the host, or a header that says what is asked', async () => {
    expect(await changed((text) => text.replace('host;', ''))).toMatch(
      /^400 InvalidSignatureException: 'Host'/,
    )
    expect(await changed((text) => text.replace(';x-amz-target', ''))).toMatch(
      /^400 InvalidSignatureException: .*Header\(s\) not signed: x-amz-target\.$/,
    )
  })
})

describe('a signature of another time', () => {
  test('is taken up to five minutes early or late', async () => {
    for (const ahead of [-300, 300]) expect(await answerTo(signed(house, { ahead }))).toBe('200')
  })

  test('has expired after that', async () => {
    expect(await answerTo(signed(house, { ahead: -301 }))).toBe(
      '400 InvalidSignatureException: Signature expired: 20261123T115459Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)',
    )
  })

  test('is not yet current before that', async () => {
    expect(await answerTo(signed(house, { ahead: 301 }))).toBe(
      '400 InvalidSignatureException: Signature not yet current: 20261123T120501Z is still later than 20261123T120500Z (20261123T120000Z + 5 min.)',
    )
  })

  test('does not become current by being scoped to another day', async () => {
    const request = signed(house)
    const scoped = request.headers.map((text) => text.replace('/20261123/', '/20261122/'))
    expect(await answerTo({ ...request, headers: scoped })).toMatch(
      /^400 InvalidSignatureException: Date in Credential scope does not match YYYYMMDD/,
    )
  })
})

describe('a signer who is not known', () => {
  test('has an access key that nobody has', async () => {
    expect(await answerTo(signed(house, { accessKeyId: 'AKIANOBODY7EXAMPLE00' }))).toBe(unknown)
  })

  test('has another secret', async () => {
    expect(await answerTo(signed(house, { secretAccessKey: 'guessed' }))).toBe(mismatch)
    expect(await answerTo(signed(house))).toBe('200')
    expect(await answerTo(signed(house, { secretAccessKey: 'guessed' }))).toBe(mismatch)
  })

  test('brings a session token, where there are no sessions', async () => {
    expect(await answerTo(signed(house, { sessionToken: 'token' }))).toBe(unknown)
  })

  test('has an access key that was made inactive, from then on', async () => {
    const user = await house.user('inactive', 'kms:GenerateRandom')
    expect(await answerTo(signed(house, user.credentials))).toBe('200')
    const { catalog } = house.claviger
    const stored = await catalog.store.find('accessKey', [user.credentials.accessKeyId])
    if (stored === undefined) throw new Error('the access key is stored')
    await catalog.commit([
      { put: 'accessKey', value: { ...stored.value, status: 'Inactive' }, expected: stored.version },
    ])
    expect(await answerTo(signed(house, user.credentials))).toBe(unknown)
  })
})

describe('a signature for something else', () => {
  test('is for a Region that is not served', async () => {
    expect(await answerTo(signed(house, { region: 'ap-south-1' }))).toBe(
      '400 InvalidSignatureException: Credential should be scoped to a valid region.',
    )
    expect(await answerTo(signed(house, { region: 'eu-central-1' }))).toBe('200')
  })

  test('is for another service', async () => {
    for (const service of ['s3', 'iam', 'sts']) {
      expect(await answerTo(signed(house, { service }))).toBe(
        "400 InvalidSignatureException: Credential should be scoped to correct service: 'kms'.",
      )
    }
  })

  test('is for IAM in a Region, of which IAM has but one; STS is asked in any', async () => {
    const body = 'Action=GetUser&Version=2010-05-08'
    expect(await answerTo(signedForm(house, { body, region: 'us-east-1' }))).toBe('200')
    expect(await answerTo(signedForm(house, { body, region: 'eu-central-1' }))).toBe(
      '403 SignatureDoesNotMatch: Credential should be scoped to a valid region.',
    )
    expect(await answerTo(signedForm(house, { ...callerIdentity, region: 'eu-central-1' }))).toBe('200')
  })
})

describe('a request that was changed on its way', () => {
  test('has another body', async () => {
    expect(await answerTo({ ...signed(house), body: Buffer.from('{"NumberOfBytes":9}') })).toBe(mismatch)
    expect(await answerTo({ ...signed(house), body: Buffer.from('') })).toBe(mismatch)
  })

  test('has another operation, host or query', async () => {
    expect(await answerTo(withHeader(signed(house), 'x-amz-target', 'TrentService.ListKeys'))).toBe(mismatch)
    expect(await answerTo(withHeader(signed(house), 'host', 'elsewhere'))).toBe(mismatch)
    expect(await answerTo({ ...signed(house), query: 'more=1' })).toBe(mismatch)
    expect(await answerTo({ ...signed(house), method: 'PUT' })).toBe(mismatch)
  })

  test('has a body that is not what its hash header says', async () => {
    const request = signed(house, { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })
    expect(await answerTo(request)).toBe(mismatch)
  })
})

describe('headers may be written in many ways', () => {
  test('in any order and case, and with any white space around their values', async () => {
    const request = signed(house)
    const pairs = Array.from({ length: request.headers.length / 2 }, (_, index) => [
      String(request.headers[index * 2]).toUpperCase(),
      `  ${request.headers[index * 2 + 1]}\t `,
    ])
    expect(await answerTo({ ...request, headers: pairs.reverse().flat() })).toBe('200')
  })

  test('repeated ones are one with commas', async () => {
    const request = signed(house, { headers: { 'x-amz-meta': 'one,two' } })
    const apart = withHeader(request, 'x-amz-meta', 'one')
    expect(await answerTo({ ...apart, headers: [...apart.headers, 'X-Amz-Meta', ' two '] })).toBe('200')
    expect(await answerTo({ ...apart, headers: [...apart.headers, 'X-Amz-Meta', 'three'] })).toBe(mismatch)
  })

  test('runs of white space inside are one space', async () => {
    const request = signed(house, { headers: { 'x-amz-meta': 'one two' } })
    expect(await answerTo(withHeader(request, 'x-amz-meta', 'one \t  two'))).toBe('200')
  })

  test('but not folded over lines, which a server may refuse (RFC 9112 §5.2) and this one does', async () => {
    const request = signed(house, { headers: { 'x-amz-meta': 'one two' } })
    expect((await send(house, withHeader(request, 'x-amz-meta', 'one\r\n   two'))).status).toBe(400)
  })
})

describe('a presigned request', () => {
  const wish = {
    method: 'GET',
    body: '',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    service: 'sts',
  }

  test('is answered, without a header that says who signed it', async () => {
    const { status, body } = await send(house, await presignedBySdk(wish))
    expect([status, body.includes(`<Arn>arn:aws:iam::${account}:root</Arn>`)]).toEqual([200, true])
  })

  test('is refused once it has expired or when any of it was changed', async () => {
    const request = await presignedBySdk(wish)
    house.clock.advance(61_000)
    expect(await answerTo(request)).toMatch(/^403 SignatureDoesNotMatch: Signature expired: /)
    house.clock.advance(-61_000)
    expect(await answerTo(request)).toBe('200')
    const other = { ...request, query: request.query.replace('GetCallerIdentity', 'GetSessionToken') }
    expect(await answerTo(other)).toMatch(/^403 SignatureDoesNotMatch: /)
  })
})

test('whoever has not signed learns nothing but that: neither a key nor an operation is looked at', async () => {
  for (const target of ['TrentService.NoSuchThing', 'TrentService.DescribeKey', 'Other.Thing']) {
    const request = signed(house, {
      headers: { 'x-amz-target': target },
      secretAccessKey: 'guessed',
      body: '{',
    })
    expect(await answerTo(request)).toBe(mismatch)
  }
})

test('a request of HTTP that is none is refused without ado, and the service goes on', async () => {
  const answer = await exchange(house, Buffer.from('NONSENSE\r\n\r\n'))
  expect(answer.status).toBe(400)
  expect(await answerTo(signed(house))).toBe('200')
})
