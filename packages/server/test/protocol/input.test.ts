import { describe, expect, test } from 'vitest'
import { jsonReader } from '../../src/protocol/json-1-1.ts'
import { type KmsOperations, kms } from '../../src/protocol/models/kms.ts'
import { refusalOf } from './refused.ts'

const read = <Name extends keyof KmsOperations>(name: Name, body: unknown) =>
  jsonReader(kms, name)(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

const refused = (name: keyof KmsOperations, body: unknown) => refusalOf(() => read(name, body))

test('a violation inside a structure is named by its whole path', () => {
  const body = {
    KeyId: 'k',
    GranteePrincipal: 'arn:aws:iam::111122223333:user/a',
    Operations: ['Decrypt'],
    Constraints: { SourceArn: 'short' },
  }
  expect(refused('CreateGrant', body)).toContain("at 'constraints.sourceArn' failed to satisfy constraint")
})

describe('an input is read', () => {
  test('with its bytes, its numbers and its dates', () => {
    const input = read('Encrypt', {
      KeyId: 'k',
      Plaintext: 'AQI=',
      EncryptionContext: { a: 'b' },
      DryRun: true,
    })
    expect(input.Plaintext).toEqual(Buffer.from([1, 2]))
    expect({ ...input.EncryptionContext }).toEqual({ a: 'b' })
    expect(input.DryRun).toBe(true)
    expect(read('ListKeys', { Limit: 7.9 }).Limit).toBe(7)
    const { ValidTo } = read('ImportKeyMaterial', {
      KeyId: 'k',
      ImportToken: 'AA==',
      EncryptedKeyMaterial: 'AA==',
      ValidTo: 1_700_000_000.123,
    })
    expect(ValidTo).toEqual(new Date(1_700_000_000_123))
  })

  test('with characters beyond the first plane, however they are escaped, but not with half of one', () => {
    const body = (key: string, value: string) =>
      `{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"${key}":"${value}"}}`
    expect({ ...read('Encrypt', body('\\ud83d\\ude00', '😀')).EncryptionContext }).toEqual({ '😀': '😀' })
    for (const half of [body('\\ud83d', 'a'), body('a', 'b\\uDE00c')]) {
      expect(refused('Encrypt', half)).toBe('SerializationException')
    }
  })

  test('without what AWS does not know, and without what is null', () => {
    expect(read('ListKeys', { Limit: null, Colour: 'blue' })).toEqual({})
  })

  test('with a key called __proto__ in its encryption context, which is a key like any other', () => {
    const body = '{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"__proto__":"a","constructor":"b"}}'
    const { EncryptionContext = {} } = read('Encrypt', body)
    expect(Object.entries(EncryptionContext)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(({} as { a?: unknown }).a).toBeUndefined()
    expect(
      read('Encrypt', '{"KeyId":"k","Plaintext":"AA==","__proto__":{"DryRun":true}}').DryRun,
    ).toBeUndefined()
  })
})

describe('constraints are refused all at once, in the words of AWS', () => {
  test('what is missing', () => {
    expect(refused('Encrypt', {})).toBe(
      "ValidationException: 2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
    )
  })

  test('what is too long or too short; a plaintext is not repeated', () => {
    const long = 'x'.repeat(2049)
    expect(refused('Encrypt', { KeyId: long, Plaintext: Buffer.alloc(4097).toString('base64') })).toBe(
      `ValidationException: 2 validation errors detected: Value '${long}' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 2048; Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096`,
    )
    expect(refused('Encrypt', { KeyId: '', Plaintext: '' })).toBe(
      "ValidationException: 2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  })

  test('what is sensitive, without repeating it', () => {
    expect(refused('CreateCustomKeyStore', { CustomKeyStoreName: 'n', KeyStorePassword: 'hunter' })).toBe(
      "ValidationException: 1 validation error detected: Value at 'keyStorePassword' failed to satisfy constraint: Member must have length greater than or equal to 7",
    )
  })

  test('a number out of range', () => {
    expect(refused('ListKeys', { Limit: 0 })).toBe(
      "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    )
    expect(refused('ListKeys', '{"Limit":1e999}')).toBe(
      "ValidationException: 1 validation error detected: Value '2147483647' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
    )
  })

  test('an unknown value of an enumeration, alone and in a list', () => {
    expect(refused('GenerateDataKey', { KeyId: 'k', KeySpec: 'AES_512' })).toBe(
      "ValidationException: 1 validation error detected: Value 'AES_512' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]",
    )
    expect(
      refused('CreateGrant', { KeyId: 'k', GranteePrincipal: 'p', Operations: ['Encrypt', 'Fly'] }),
    ).toMatch(
      /^ValidationException: 1 validation error detected: Value '\[Encrypt, Fly\]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[.*Decapsulate\]\]$/,
    )
  })

  test('a pattern, before the lengths of the same value', () => {
    expect(refused('GetKeyPolicy', { KeyId: 'k', PolicyName: '' })).toBe(
      "ValidationException: 2 validation errors detected: Value '' at 'policyName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w]+; Value '' at 'policyName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  })

  test('members of members, by their path', () => {
    const Tags = [{ TagKey: 'a', TagValue: '' }, { TagKey: '', TagValue: 'v' }, {}]
    expect(refused('TagResource', { KeyId: 'k', Tags })).toBe(
      "ValidationException: 3 validation errors detected: Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'tags.3.member.tagKey' failed to satisfy constraint: Member must not be null; Value null at 'tags.3.member.tagValue' failed to satisfy constraint: Member must not be null",
    )
  })

  test('at most ten, so that a large request does not earn an answer larger still', () => {
    const Tags = Array.from({ length: 1000 }, () => ({}))
    expect(refused('TagResource', { KeyId: 'k', Tags })).toMatch(/^ValidationException: 10 validation errors/)
  })
})

describe('a value of the wrong kind is refused before any constraint is asked', () => {
  const cases: [body: unknown, text: string | undefined][] = [
    [{ KeyId: 1 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ KeyId: true }, 'TRUE_VALUE can not be converted to a String'],
    [{ KeyId: [] }, 'Start of list found where not expected'],
    [{ KeyId: {} }, 'Start of structure or map found where not expected.'],
    [{ Plaintext: 1 }, 'NUMBER_VALUE can not be converted to a Blob'],
    [{ DryRun: 'true' }, 'STRING_VALUE can not be converted to a Boolean'],
    [{ DryRun: 0 }, 'NUMBER_VALUE can not be converted to a Boolean'],
    [{ GrantTokens: 'x' }, 'Expected list or null'],
    [{ GrantTokens: {} }, 'Start of structure or map found where not expected.'],
    [{ GrantTokens: [null] }, undefined],
    [{ GrantTokens: [1] }, 'NUMBER_VALUE can not be converted to a String'],
    [{ EncryptionContext: 'x' }, 'Expected map or null'],
    [{ EncryptionContext: [] }, 'Start of list found where not expected'],
    [{ EncryptionContext: { a: 1 } }, 'NUMBER_VALUE can not be converted to a String'],
    [{ EncryptionContext: { a: null } }, undefined],
    [[], 'Start of list found where not expected'],
    ['null', undefined],
    ['"x"', undefined],
    ['{', undefined],
    ['', undefined],
    ['{"KeyId":"k",}', undefined],
  ]
  for (const [body, text] of cases)
    test(typeof body === 'string' ? `«${body}»` : JSON.stringify(body), () => {
      expect(refused('Encrypt', body)).toBe(
        text === undefined ? 'SerializationException' : `SerializationException: ${text}`,
      )
    })

  test('a number or a date', () => {
    expect(refused('ListKeys', { Limit: '1' })).toBe(
      'SerializationException: STRING_VALUE can not be converted to an Integer',
    )
    expect(refused('ImportKeyMaterial', { ValidTo: 'now' })).toBe(
      'SerializationException: STRING_VALUE can not be converted to milliseconds since epoch',
    )
    expect(refused('ImportKeyMaterial', '{"ValidTo":1e300}')).toMatch(/^SerializationException: NUMBER_VALUE/)
  })

  test('bytes that are not UTF-8, which would let two requests look like one', () => {
    const bytes = Buffer.concat([Buffer.from('{"KeyId":"'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(refusalOf(() => jsonReader(kms, 'DescribeKey')(bytes))).toBe('SerializationException')
    const mark = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"KeyId":"k"}')])
    expect(refusalOf(() => jsonReader(kms, 'DescribeKey')(mark))).toBe('SerializationException')
  })

  test('base64 that is not exact, and none of it is repeated', () => {
    for (const text of [
      'A',
      'AAA',
      'AA=A',
      'AA==AAAA',
      'A A=',
      'AAAA\n',
      '====',
      'AB==',
      'AAB=',
      'AA-_',
      'Zm9v!A==',
    ])
      expect([text, refused('Encrypt', { KeyId: 'k', Plaintext: text })]).toEqual([
        text,
        expect.stringMatching(/^SerializationException: (Base64|Invalid)[^:]*(: [0-9]+)?$/),
      ])
  })
})
