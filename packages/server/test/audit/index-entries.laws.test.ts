import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf, noHash } from '../../src/audit/file/line.ts'
import { entryOf } from '../../src/audit/index/entry.ts'
import { EntryReader } from '../../src/audit/index/entry-reader.ts'

/** Texts and names that callers choose, among them those that stand between the pieces of a record. */
const marks = [
  '","requestID":"',
  ',"requestID":"x","eventID":"y","readOnly":true,',
  ',"eventTime":"2026-11-24T00:00:00Z","eventSource":"',
  '"userIdentity":',
  '}}',
  '\\',
  '"',
]
const chosen = fc.oneof(fc.constantFrom(...marks), fc.string({ unit: 'grapheme', maxLength: 12 }))
const name = fc.oneof(
  fc.constantFrom('requestID', 'eventID', 'readOnly', 'eventTime', 'resources', 'record', 'keyId'),
  chosen,
)
const anything = fc.dictionary(
  name,
  fc.oneof(chosen, fc.boolean(), fc.dictionary(name, chosen, { maxKeys: 4 })),
  {
    maxKeys: 5,
    noNullPrototype: true,
  },
)
const resource = fc.record({ accountId: chosen, type: chosen, ARN: chosen })

/** A record with the members of ours in their order, some of them left out. */
const record = fc
  .record(
    {
      userIdentity: fc.record(
        { type: fc.constantFrom('IAMUser', 'Root'), arn: chosen, userName: chosen, accessKeyId: chosen },
        { requiredKeys: [] },
      ),
      sessionContext: anything,
      eventTime: fc.constantFrom('2026-11-24T10:00:00Z', '2026-11-24T10:00:01Z', 'never'),
      eventName: fc.oneof(fc.constant('Encrypt'), chosen),
      userAgent: chosen,
      requestParameters: fc.option(anything),
      responseElements: fc.option(anything),
      additionalEventData: anything,
      requestID: fc.oneof(fc.uuid(), chosen),
      eventID: fc.oneof(fc.uuid(), chosen),
      readOnly: fc.boolean(),
      resources: fc.array(resource, { maxLength: 2 }),
      recipientAccountId: fc.constantFrom('111122223333', '444455556666'),
      serviceEventDetails: anything,
    },
    { requiredKeys: ['userIdentity', 'eventTime', 'requestID', 'eventID', 'readOnly'] },
  )
  .map(({ sessionContext, userIdentity, eventTime, eventName, ...rest }) => ({
    eventVersion: '1.11',
    userIdentity: sessionContext === undefined ? userIdentity : { ...userIdentity, sessionContext },
    eventTime,
    eventSource: 'kms.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.1',
    ...rest,
  }))

const lineWith = (made: object, sequence = 1) =>
  Buffer.from(lineOf({ sequence, previous: noHash }, JSON.stringify(made)))

describe('what a line is found by', () => {
  test('is the same whether its pieces are cut out or all of it is parsed, whatever callers write', () => {
    const reader = new EntryReader()
    fc.assert(
      fc.property(record, fc.nat(), (made, sequence) => {
        const line = lineWith(made, sequence)
        expect(reader.read(line)).toEqual(entryOf(line.toString()))
      }),
      { numRuns: 3000 },
    )
  })

  test('is nothing for a line that holds a signature', () => {
    const line = lineOf({ sequence: 7, previous: noHash }, '{"signature":"c2lnbmVk"}', 'checkpoint')
    expect(new EntryReader().read(Buffer.from(line))).toBeUndefined()
  })

  test('is read without looking at what callers said', () => {
    const plain = {
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', userName: 'alice' },
      eventTime: '2026-11-24T10:00:00Z',
      eventSource: 'kms.amazonaws.com',
      eventName: 'Encrypt',
      awsRegion: 'us-east-1',
      requestParameters: null,
      requestID: 'r-1',
      eventID: 'e-1',
      readOnly: true,
      resources: [{ type: 'AWS::KMS::Key', ARN: 'arn' }],
    }
    const line = lineWith(plain)
    const broken = Buffer.from(line.toString().replace('"requestParameters":null', '"requestParameters":nil'))
    expect(() => entryOf(broken.toString())).toThrow(SyntaxError)
    expect(new EntryReader().read(broken)).toMatchObject({ eventId: 'e-1', eventName: 'Encrypt' })
  })
})
