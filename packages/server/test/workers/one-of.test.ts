import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addService, askWhy, removeService } from '../../src/index.ts'
import { newDevice } from '../authenticator.ts'
import { newService, type Received, signedFor } from '../services.ts'
import { daysMs, newKey, rootCredentials, type Serving } from '../serving.ts'
import { atBoth, type Connection, servedByTwo } from './connection.ts'

/** What there is one of, however many workers serve: asked of one, told by the other. */

let house: Serving
let one: Connection
let other: Connection
beforeAll(async () => {
  house = await servedByTwo({ quotas: 'aws' })
  const both = await atBoth(house, rootCredentials)
  one = both[0]
  other = both[1]
})
afterAll(async () => {
  one.close()
  other.close()
  await house.close()
})

/** Calls at both workers at the same time, in turns. */
const atOnce = async (count: number, call: (by: Connection) => ReturnType<Connection['kms']>) =>
  (await Promise.all(Array.from({ length: count }, (_, index) => call(index % 2 === 0 ? one : other)))).map(
    ({ code }) => code,
  )

const counted = (codes: readonly string[], code: string) => codes.filter((each) => each === code).length

describe('two workers together', () => {
  test('let through as many requests as one would', async () => {
    house.clock.advance(daysMs(1))
    const codes = await atOnce(12, (by) => by.kms('CreateKey', {}))
    expect([counted(codes, 'ok'), counted(codes, 'ThrottlingException')]).toEqual([5, 7])
    house.clock.advance(200)
    const later = await atOnce(4, (by) => by.kms('CreateKey', {}))
    expect(counted(later, 'ok')).toBe(1)
  })

  test('make all of many changes to one key, whoever is asked', async () => {
    house.clock.advance(daysMs(1))
    const { id } = await newKey(house.root)
    const tags = Array.from({ length: 10 }, (_, index) => String(index))
    const codes = await Promise.all(
      tags.map((tag, index) =>
        (index % 2 === 0 ? one : other).kms('TagResource', {
          KeyId: id,
          Tags: [{ TagKey: tag, TagValue: tag }],
        }),
      ),
    )
    expect(codes.map(({ code }) => code)).toEqual(tags.map(() => 'ok'))
    const { answer } = await other.kms('ListResourceTags', { KeyId: id })
    expect((answer.Tags as { TagKey: string }[]).map(({ TagKey }) => TagKey).sort()).toEqual(tags)
  })

  test('believe a request that a service presents once', async () => {
    const service = await newService(house, 's3.us-east-1.amazonaws.com')
    const alice = await house.user('alice')
    const [here, there] = await atBoth(house, service)
    const received = signedFor(house, alice)
    expect((await present(here, received)).code).toBe('ok')
    expect((await present(there, received)).code).toBe('PresentedRequestUsed')
    expect((await present(here, received)).code).toBe('PresentedRequestUsed')
    for (const connection of [here, there]) connection.close()
  })

  test('take five wrong one-time codes in a row, and then none for a while', async () => {
    const bob = await house.user('bob')
    const { serialNumber, app } = await newDevice(house.root, 'bob', house.clock.now())
    house.clock.advance(60_000)
    const [here, there] = await atBoth(house, bob.credentials)
    const ask = (by: Connection, TokenCode: string) =>
      by.form('sts', 'GetSessionToken', { SerialNumber: serialNumber, TokenCode })
    const right = app.codeAt(house.clock.now())
    const wrong = right === '000000' ? '000001' : '000000'
    for (const by of [here, there, here, there, here])
      expect((await ask(by, wrong)).code).toBe('AccessDenied')
    expect((await ask(there, right)).code).toBe('AccessDenied')
    house.clock.advance(60_000)
    expect((await ask(there, app.codeAt(house.clock.now()))).code).toBe('ok')
    for (const connection of [here, there]) connection.close()
  })
})

describe('what one worker did', () => {
  test('is the last usage of a key, asked of the other', async () => {
    const { id } = await newKey(house.root)
    for (const [by, to] of [
      [one, other],
      [other, one],
    ] as const) {
      house.clock.advance(1000)
      const { requestId } = await by.kms('Encrypt', { KeyId: id, Plaintext: 'aGk=' })
      const { answer } = await to.kms('GetKeyLastUsage', { KeyId: id })
      expect(answer.KeyLastUsage).toMatchObject({ Operation: 'Encrypt', KmsRequestId: requestId })
    }
  })

  test('is the last use of an access key, asked of the other', async () => {
    const carol = await house.user('carol')
    const { accessKeyId: AccessKeyId } = carol.credentials
    const [here, there] = await atBoth(house, carol.credentials)
    await there.kms('ListKeys', {})
    for (const by of [one, other]) {
      const { text } = await by.form('iam', 'GetAccessKeyLastUsed', { AccessKeyId })
      expect(text).toContain('<ServiceName>kms</ServiceName>')
    }
    for (const connection of [here, there]) connection.close()
  })

  test('is explained at once, and looked up', async () => {
    const dave = await house.user('dave')
    const { id } = await newKey(house.root)
    const both = await atBoth(house, dave.credentials)
    for (const by of both) {
      const { code, requestId } = await by.kms('Encrypt', { KeyId: id, Plaintext: 'aGk=' })
      expect(code).toBe('AccessDeniedException')
      expect(await askWhy(house.dataDir, requestId)).toMatchObject({ kind: 'denied', denial: { requestId } })
      const wanted = { LookupAttributes: [{ AttributeKey: 'Username' as const, AttributeValue: 'dave' }] }
      const { Events = [] } = await house.root.cloudTrailIn('us-east-1').lookupEvents(wanted)
      expect(Events.map(({ CloudTrailEvent }) => String(CloudTrailEvent)).join()).toContain(requestId)
      by.close()
    }
  })

  test('is undone by whoever runs the service, for all of them', async () => {
    const added = await addService(house.dataDir, 'backup.internal')
    if (added.kind !== 'added') throw new Error('it was not there')
    const both = await atBoth(house, added)
    expect(await Promise.all(both.map(async (by) => (await by.kms('ListKeys', {})).code))).toEqual([
      'AccessDeniedException',
      'AccessDeniedException',
    ])
    await removeService(house.dataDir, 'backup.internal')
    for (const by of both) {
      expect((await by.kms('ListKeys', {})).code).toBe('UnrecognizedClientException')
      by.close()
    }
  })
})

function present(by: Connection, received: Received) {
  const headers = Array.from({ length: received.headers.length / 2 }, (_, index) => ({
    [`Headers.member.${index + 1}.Name`]: received.headers[index * 2] ?? '',
    [`Headers.member.${index + 1}.Value`]: received.headers[index * 2 + 1] ?? '',
  }))
  return by.form('sts', 'GetForwardAccessSession', {
    Method: received.method,
    Path: received.path,
    Query: received.query,
    BodyHash: received.bodyHash,
    ...Object.assign({}, ...headers),
  })
}
