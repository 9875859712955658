import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kms as kmsModel } from '../../src/protocol/models/kms.ts'
import { recordsIn } from '../audit/read-records.ts'
import { account, newKey, type Serving, serve } from '../serving.ts'
import { type Answer, exchange, send, signed, signedForm } from './exchange.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The answer to a call of KMS with this body, whatever is in it. */
const call = (operation: string, body: string | Uint8Array) =>
  send(house, signed(house, { headers: { 'x-amz-target': `TrentService.${operation}` }, body }))

const errorIn = ({ status, body }: Answer) => {
  const { __type, message } = JSON.parse(body) as { __type: string; message?: string }
  return [status, __type, ...(message === undefined ? [] : [message])]
}

const validation = (...sentences: string[]) => [
  400,
  'ValidationException',
  `${sentences.length} validation error${sentences.length === 1 ? '' : 's'} detected: ${sentences.join('; ')}`,
]

describe('every answer', () => {
  test('has a request id of its own, errors too, and the audit journal knows it', async () => {
    const answers = [
      await call('GenerateRandom', '{"NumberOfBytes":8}'),
      await call('GenerateRandom', '{}'),
      await call('DescribeKey', '{"KeyId":"nobody"}'),
      await call('Sign', '{}'),
      await send(house, signedForm(house, { body: 'Action=GetUser&Version=2010-05-08' })),
      await send(house, signedForm(house, { body: 'Action=GetUser&Version=2010-05-08&UserName=nobody' })),
    ]
    const unrecorded = [
      await call('NoSuchThing', '{}'),
      await send(house, signed(house, { secretAccessKey: 'guessed' })),
      await send(house, signed(house, { method: 'GET', body: '' })),
    ]
    const ids = [...answers, ...unrecorded].map(({ headers }) => headers.get('x-amzn-requestid') ?? '')
    for (const id of ids) expect(id).toMatch(uuid)
    expect(new Set(ids).size).toBe(ids.length)
    const recorded = await recordedIds()
    for (const { headers } of answers) expect(recorded).toContain(headers.get('x-amzn-requestid'))
  })

  test('says its length and that it is AWS’s JSON, and is no chunks', async () => {
    for (const answer of [await call('GenerateRandom', '{"NumberOfBytes":8}'), await call('Sign', '{}')]) {
      expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1')
      expect(Number(answer.headers.get('content-length'))).toBe(answer.body.length)
      expect(answer.headers.has('transfer-encoding')).toBe(false)
    }
  })

  test('of an operation without output is empty', async () => {
    const { id } = await newKey(house.root)
    const { status, body } = await call('EnableKey', JSON.stringify({ KeyId: id }))
    expect([status, body]).toEqual([200, ''])
  })

  test('has times as seconds since 1970 and bytes as base64', async () => {
    const { body } = await call('CreateKey', '{}')
    const { KeyMetadata } = JSON.parse(body) as { KeyMetadata: { CreationDate: number } }
    expect(KeyMetadata.CreationDate).toBe(house.clock.now() / 1000)
    const random = JSON.parse((await call('GenerateRandom', '{"NumberOfBytes":9}')).body) as {
      Plaintext: string
    }
    expect(random.Plaintext).toMatch(/^[A-Za-z0-9+/]{12}$/)
  })
})

describe('a body that cannot be read', () => {
  test('is no JSON, no object, or no UTF-8', async () => {
    for (const body of ['', '{', 'null', '"text"', '{"NumberOfBytes":8}}', '{"NumberOfBytes":0x8}']) {
      expect(errorIn(await call('GenerateRandom', body))[1], body).toBe('SerializationException')
    }
    expect(errorIn(await call('GenerateRandom', Buffer.of(0x7b, 0xff, 0x7d)))[1]).toBe(
      'SerializationException',
    )
    expect(errorIn(await call('GenerateRandom', '[]'))[1]).toBe('SerializationException')
  })

  test('has members of the wrong type', async () => {
    const wrong = [
      ['GenerateRandom', { NumberOfBytes: '8' }],
      ['DescribeKey', { KeyId: 7 }],
      ['DescribeKey', { KeyId: ['a'] }],
      ['DescribeKey', { KeyId: 'a', GrantTokens: 'token' }],
      ['Encrypt', { KeyId: 'a', Plaintext: '***' }],
      ['Encrypt', { KeyId: 'a', Plaintext: 'YQ==', EncryptionContext: [] }],
      ['Encrypt', { KeyId: 'a', Plaintext: 'YQ==', EncryptionContext: { a: 1 } }],
      ['Encrypt', { KeyId: 'a', Plaintext: 'YQ==', DryRun: 'yes' }],
      ['CreateKey', { Tags: {} }],
    ] as const
    for (const [operation, body] of wrong) {
      const text = JSON.stringify(body)
      expect(errorIn(await call(operation, text))[1], text).toBe('SerializationException')
    }
  })
})

describe('a body that breaks the model’s rules', () => {
  test('lacks what is required', async () => {
    expect(errorIn(await call('DescribeKey', '{}'))).toEqual(
      validation("Value null at 'keyId' failed to satisfy constraint: Member must not be null"),
    )
    expect(errorIn(await call('DescribeKey', '{"KeyId":null}'))).toEqual(
      validation("Value null at 'keyId' failed to satisfy constraint: Member must not be null"),
    )
  })

  test('is told all of it at once', async () => {
    const body = { KeyId: '', Plaintext: '', EncryptionAlgorithm: 'ROT13' }
    const [status, code, message] = errorIn(await call('Encrypt', JSON.stringify(body)))
    expect([status, code]).toEqual([400, 'ValidationException'])
    expect(message).toMatch(/^3 validation errors detected: /)
    expect(String(message).split('; ').toSorted()).toEqual(
      [
        "3 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1",
        "Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]",
        "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ].toSorted(),
    )
  })

  test('is out of range', async () => {
    expect(errorIn(await call('GenerateRandom', '{"NumberOfBytes":1025}'))).toEqual(
      validation(
        "Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      ),
    )
  })

  test('has members that nobody knows, which are no matter', async () => {
    expect((await call('GenerateRandom', '{"NumberOfBytes":8,"__proto__":{},"Later":[1]}')).status).toBe(200)
  })
})

describe('an operation', () => {
  test('that AWS does not have either is unknown', async () => {
    const targets = [
      'TrentService.NoSuchThing',
      'TrentService.toString',
      'TrentService.',
      'Other.Encrypt',
      'Encrypt',
    ]
    for (const target of targets) {
      const answer = await send(house, signed(house, { headers: { 'x-amz-target': target }, body: '{}' }))
      expect(errorIn(answer), target).toEqual([400, 'UnknownOperationException'])
    }
  })

  test('of KMS that AWS has is served, every one', async () => {
    const names = Object.keys(kmsModel.operations)
    expect(names).toHaveLength(56)
    for (const name of names) {
      const [, code] = errorIn(await call(name, '{"KeyId":7}'))
      expect(code, name).not.toBe('UnsupportedOperationException')
    }
  })

  test('of IAM that AWS has and this service does not is unsupported, by name', async () => {
    const request = signedForm(house, { body: 'Action=CreateLoginProfile&Version=2010-05-08&UserName=alice' })
    const { status, body } = await send(house, request)
    expect(status).toBe(400)
    expect(body).toContain('<Code>UnsupportedOperation</Code>')
    expect(body).toContain('<Message>CreateLoginProfile is not supported.</Message>')
  })

  test('of IAM or STS is asked for by name and version', async () => {
    const form = async (body: string, service = 'iam') => {
      const { status, body: xml } = await send(house, signedForm(house, { service, body }))
      const [, code, message] = /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec(xml) ?? []
      return [status, code, message]
    }
    expect(await form('Action=MakeTea&Version=2010-05-08')).toEqual([
      400,
      'InvalidAction',
      'Could not find operation MakeTea for version 2010-05-08',
    ])
    expect(await form('Action=GetUser&Version=2000-01-01')).toEqual([
      400,
      'InvalidAction',
      'Could not find operation GetUser for version 2000-01-01',
    ])
    expect(await form('Version=2010-05-08')).toEqual([
      400,
      'MissingAction',
      'The request is missing an action or a required parameter.',
    ])
    expect(await form('Action=GetUser&Version=2010-05-08', 'sts')).toEqual([
      400,
      'InvalidAction',
      'Could not find operation GetUser for version 2010-05-08',
    ])
  })

  test('of STS can be asked for in the query as well', async () => {
    const query = 'Action=GetCallerIdentity&Version=2011-06-15'
    const { status, headers, body } = await send(
      house,
      signedForm(house, { method: 'GET', service: 'sts', query, body: '' }),
    )
    expect([status, headers.get('content-type')]).toEqual([200, 'text/xml'])
    expect(body).toBe(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>${account}</UserId><Account>${account}</Account><Arn>arn:aws:iam::${account}:root</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>${headers.get('x-amzn-requestid')}</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n`,
    )
  })
})

test('an error of IAM is XML with a code, a message and the request id', async () => {
  const { status, headers, body } = await send(
    house,
    signedForm(house, { body: 'Action=GetUser&Version=2010-05-08&UserName=no%2Bbody' }),
  )
  expect(status).toBe(404)
  expect(body).toBe(
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name no+body cannot be found.</Message></Error><RequestId>${headers.get('x-amzn-requestid')}</RequestId></ErrorResponse>\n`,
  )
})

describe('a body over the largest legal request', () => {
  const tooLarge = (answer: Answer) => {
    expect(errorIn(answer).slice(0, 2)).toEqual([413, 'RequestEntityTooLargeException'])
    expect(answer.headers.get('x-amzn-requestid')).toMatch(uuid)
    expect(answer.headers.get('connection')).toBe('close')
  }

  test('is refused by the length it says it has, before any of it is sent', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n'
    tooLarge(await exchange(house, Buffer.from(head)))
  })

  test('is refused where it says nothing, before its end is sent', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    tooLarge(await exchange(house, Buffer.from(head + chunk.repeat(17))))
  })

  test('is one byte longer than what is still read', async () => {
    const body = `{"NumberOfBytes":8}${' '.repeat(1_048_576 - 19)}`
    expect((await call('GenerateRandom', body)).status).toBe(200)
    tooLarge(await call('GenerateRandom', `${body} `))
  })

  test('in chunks is read like any other up to there', async () => {
    const { headers, body } = signed(house)
    const lines = Array.from(
      { length: headers.length / 2 },
      (_, at) => `${headers[at * 2]}: ${headers[at * 2 + 1]}`,
    )
    const head = [
      'POST / HTTP/1.1',
      ...lines,
      'Transfer-Encoding: chunked',
      'Connection: close',
      '',
      '',
    ].join('\r\n')
    const chunks = Array.from(body, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('')
    expect((await exchange(house, Buffer.from(`${head}${chunks}0\r\n\r\n`))).status).toBe(200)
  })
})

/** What issue 2 promises of KMS. */
async function recordedIds(): Promise<string[]> {
  return (await recordsIn(house.dataDir)).map(({ requestID }) => String(requestID))
}
