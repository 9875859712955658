import { expect, test } from 'vitest'
import { Refusal } from '../../src/protocol/errors.ts'
import { findTarget, jsonError, jsonWriter } from '../../src/protocol/json-1-1.ts'
import { kms } from '../../src/protocol/models/kms.ts'
import { refusalOf } from './refused.ts'

test('an output is written with base64, seconds and without what is undefined', () => {
  const text = jsonWriter(
    kms,
    'GetParametersForImport',
  )({
    KeyId: 'a"b',
    ImportToken: Buffer.from([1, 2]),
    PublicKey: undefined,
    ParametersValidTo: new Date(1_700_000_000_123),
  })
  expect(text).toBe('{"KeyId":"a\\"b","ImportToken":"AQI=","ParametersValidTo":1700000000.123}')
})

test('lists and structures are written inside each other', () => {
  const Grants = [
    {
      GrantId: 'g',
      Operations: ['Decrypt' as const],
      Constraints: { EncryptionContextSubset: { 'a"': 'b' } },
    },
  ]
  const text = jsonWriter(kms, 'ListGrants')({ Grants, Truncated: false })
  expect(JSON.parse(text)).toEqual({ Grants, Truncated: false })
})

test('an operation without output answers with nothing, and one with an empty output with an empty object', () => {
  expect(jsonWriter(kms, 'DisableKey')({})).toBe('')
  expect(jsonWriter(kms, 'ConnectCustomKeyStore')({})).toBe('{}')
})

test('a target names an operation, exactly', () => {
  expect(findTarget(kms, 'TrentService.Encrypt')).toBe('Encrypt')
  for (const target of [
    undefined,
    '',
    'Encrypt',
    'TrentService.',
    'TrentService.encrypt',
    'TrentService.toString',
    'X.Encrypt',
  ])
    expect(refusalOf(() => findTarget(kms, target))).toBe('UnknownOperationException')
})

test('an error is its name and its message', () => {
  expect(jsonError(new Refusal('NotFoundException', 'Alias x is not found.'))).toEqual({
    status: 400,
    contentType: 'application/x-amz-json-1.1',
    body: '{"__type":"NotFoundException","message":"Alias x is not found."}',
  })
})

test('an error without message has none on the wire', () => {
  expect(jsonError(new Refusal('InvalidCiphertextException')).body).toBe(
    '{"__type":"InvalidCiphertextException"}',
  )
})

test('a denial carries its message under both names that clients look for', () => {
  expect(JSON.parse(jsonError(new Refusal('AccessDeniedException', 'no')).body)).toEqual({
    __type: 'AccessDeniedException',
    Message: 'no',
    message: 'no',
  })
})

test('the cause of a refusal stays inside', () => {
  expect(jsonError(new Refusal('NotFoundException', 'gone', { cause: 'hunter2' })).body).not.toContain(
    'hunter2',
  )
})

test('a bug is an internal error, and nothing of it is told', () => {
  const { status, body } = jsonError(new TypeError('hunter2 is not a function'))
  expect(status).toBe(500)
  expect(body).toMatch(/^\{"__type":"KMSInternalException","message":"The request processing has failed/)
  expect(body).not.toContain('hunter2')
})
