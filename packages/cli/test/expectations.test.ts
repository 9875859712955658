import { describe, expect, test } from 'vitest'
import { readSentence } from '../src/expectations/sentence.ts'

/** What a sentence says, without what it does not say. */
function read(line: string): Record<string, unknown> {
  const sentence = readSentence(line)
  if ('message' in sentence) return { at: sentence.at, message: sentence.message }
  const { caller, operation, encryptionContext, leftOut, conditionKeys, absentKeys, ...rest } = sentence
  return {
    ...rest,
    caller: caller.text,
    operation,
    with: Object.fromEntries([...encryptionContext, ...conditionKeys]),
    without: leftOut === 'all' ? 'all' : [...leftOut, ...absentKeys],
  }
}

describe('a sentence is read', () => {
  const plain = { caller: 'role/app', operation: 'Decrypt', with: {}, without: [], throughEndpoint: false }
  test.each([
    ['role/app Decrypt', {}],
    ['role/app kms:Decrypt', {}],
    ['  role/app   Decrypt  ', {}],
    ['role/app Decrypt with encryption context tenant=blue', { with: { tenant: 'blue' } }],
    ['role/app Decrypt with encryption context a=1, b=2,c=3', { with: { a: '1', b: '2', c: '3' } }],
    ['role/app Decrypt with encryption context a="1, 2" , "b c"=""', { with: { a: '1, 2', 'b c': '' } }],
    ['role/app Decrypt with encryption context a="say \\"hi\\""', { with: { a: 'say "hi"' } }],
    ['role/app Decrypt with encryption context a=b=c', { with: { a: 'b=c' } }],
    ['role/app Decrypt without encryption context', { without: 'all' }],
    ['role/app Decrypt without encryption context via s3', { without: 'all', via: 's3' }],
    ['role/app Decrypt without encryption context a, b', { without: ['a', 'b'] }],
    ['role/app Decrypt without encryption context "via"', { without: ['via'] }],
    ['role/app Decrypt with aws:SourceIp=10.0.0.1', { with: { 'aws:SourceIp': '10.0.0.1' } }],
    ['role/app Decrypt without aws:SourceIp, aws:SourceVpc', { without: ['aws:SourceIp', 'aws:SourceVpc'] }],
    ['role/app Decrypt through the endpoint by alias/app', { throughEndpoint: true, by: 'alias/app' }],
    ['role/app Decrypt because key policy', { because: { layer: 'key-policy' } }],
    ['role/app Decrypt because the VPC endpoint policy', { because: { layer: 'endpoint-policy' } }],
    ['role/app Decrypt because other account', { because: { layer: 'cross-account' } }],
    ['role/app Decrypt because "Only blue"', { because: { sid: 'Only blue' } }],
    [
      'role/app Decrypt with encryption context a=1 with aws:SourceIp=::1 via s3.us-east-1.amazonaws.com',
      { with: { a: '1', 'aws:SourceIp': '::1' }, via: 's3.us-east-1.amazonaws.com' },
    ],
  ])('%s', (line, wanted) => {
    expect(read(line)).toEqual({ ...plain, ...wanted })
  })
})

describe('what is wrong with a sentence is named, and where', () => {
  test.each([
    ['', 0, 'a caller is missing'],
    ['role/app', 8, 'an operation is missing'],
    ['role/app Decript', 9, '`Decript` is no operation of KMS'],
    [
      'role/app ReEncrypt',
      9,
      '`ReEncrypt` is no operation of KMS: say ReEncryptFrom or ReEncryptTo, which are allowed separately',
    ],
    [
      'role/app Decrypt now',
      17,
      '`now` is not understood; here may follow with, without, via, through, by, because',
    ],
    [
      'role/app Decrypt "via" s3',
      17,
      '`via` is not understood; here may follow with, without, via, through, by, because',
    ],
    ['role/app Decrypt with', 21, 'a pair is missing, as name=value'],
    ['role/app Decrypt with encryption context', 40, 'a pair is missing, as name=value'],
    ['role/app Decrypt with encryption context a=1,', 45, 'a pair is missing, as name=value'],
    ['role/app Decrypt with encryption context , a=1', 41, 'a pair is missing, as name=value'],
    ['role/app Decrypt with encryption context tenant', 41, '`tenant` is not a pair, as name=value'],
    [
      'role/app Decrypt with tenant=blue',
      22,
      '`tenant` is no condition key, as aws:SourceIp; is `encryption context` meant?',
    ],
    [
      'role/app Decrypt without tenant',
      25,
      '`tenant` is no condition key, as aws:SourceIp; is `encryption context` meant?',
    ],
    ['role/app Decrypt without', 24, 'a name is missing'],
    ['role/app Decrypt via', 20, 'a service is missing, as s3'],
    ['role/app Decrypt through endpoint', 25, '`through` is followed by `the endpoint`'],
    ['role/app Decrypt by key/app', 20, '`key/app` is not the name of an alias, as alias/app'],
    ['role/app Decrypt with encryption context a="1', 43, 'the text in quotes does not end'],
  ])('%s', (line, at, message) => {
    expect(read(line)).toEqual({ at, message })
  })

  test('because', () => {
    const { at, message } = read('role/app Decrypt because magic')
    expect(at).toBe(25)
    expect(message).toContain(
      '`because` is followed by a statement id in quotes, or service control policy, ',
    )
  })
})
