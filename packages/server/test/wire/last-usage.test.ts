import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { emptyDirectory, rootOf, running } from '../crash/process.ts'
import {
  account,
  answerOf,
  bytes,
  daysMs,
  foreignDenial,
  newKey,
  type Person,
  refused,
  type Serving,
  serve,
} from '../serving.ts'
import { newKeyUse, newLetter, toAuthenticate, toSign, valuesOf } from './key-uses.ts'

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

const lastUsage = async (KeyId: string, { kms }: Person = house.root) =>
  (await kms.getKeyLastUsage({ KeyId })).KeyLastUsage

describe('the last usage of a key', () => {
  test('is empty for one that was never used, and known from its beginning', async () => {
    const { id } = await newKey(house.root)
    const created = new Date(house.clock.now())
    expect(await answerOf(house.root.kms.getKeyLastUsage({ KeyId: id }))).toEqual({
      KeyId: id,
      KeyLastUsage: {},
      TrackingStartDate: created,
      KeyCreationDate: created,
    })
  })

  test.each(valuesOf('KeyLastUsageTrackingOperation'))('is a %s', async (operation) => {
    const { keyIds, call } = await newKeyUse(house.root, operation)
    await call(house.root.kms)
    for (const KeyId of keyIds) expect(await lastUsage(KeyId)).toMatchObject({ Operation: operation })
  })

  test('names the moment, the event in the journal and the request', async () => {
    const { id, arn } = await newKey(house.root)
    const asked = { KeyId: arn, Plaintext: bytes('a') }
    await house.root.kms.encrypt(asked)
    house.clock.advance(daysMs(3) + 1234)
    const { $metadata } = await house.root.kms.encrypt(asked)
    const record = (await recordsIn(house.dataDir)).find((each) => each.requestID === $metadata.requestId)
    expect(await lastUsage(id)).toEqual({
      Operation: 'Encrypt',
      Timestamp: new Date(String(record?.eventTime)),
      CloudTrailEventId: record?.eventID,
      KmsRequestId: $metadata.requestId,
    })
    expect(Date.parse(String(record?.eventTime))).toBe(Math.floor(house.clock.now() / 1000) * 1000)
  })

  test('is the same whoever used it, and of keys in different Regions their own', async () => {
    const { id, arn } = await newKey(house.root, { MultiRegion: true })
    await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: 'eu-central-1' })
    house.clock.advance(60_000)
    const there = house.root.kmsIn('eu-central-1')
    const user = await house.user('abroad', 'kms:Encrypt')
    await user.kmsIn('eu-central-1').encrypt({ KeyId: id, Plaintext: bytes('a') })
    expect((await there.getKeyLastUsage({ KeyId: id })).KeyLastUsage?.Operation).toBe('Encrypt')
    expect(await lastUsage(arn)).toEqual({})
  })

  test('is no call that was refused, none that was a dry run, and none that only asks or manages', async () => {
    const { kms } = house.root
    const { KeyId, CiphertextBlob } = await newLetter(house.root)
    const before = await lastUsage(KeyId)
    house.clock.advance(1000)
    await refused(
      kms.decrypt({ CiphertextBlob, EncryptionContext: { a: 'b' } }),
      'InvalidCiphertextException',
    )
    await refused(kms.decrypt({ CiphertextBlob, DryRun: true }), 'DryRunOperationException')
    const stranger = await house.user('stranger')
    await refused(stranger.kms.decrypt({ CiphertextBlob }), 'AccessDeniedException')
    await kms.describeKey({ KeyId })
    await kms.disableKey({ KeyId })
    await refused(kms.decrypt({ CiphertextBlob }), 'DisabledException')
    expect(await lastUsage(KeyId)).toEqual(before)
    const mac = await toAuthenticate(house.root)
    await refused(kms.verifyMac({ ...mac, Mac: bytes('a') }), 'KMSInvalidMacException')
    const signing = await toSign(house.root)
    await kms.getPublicKey({ KeyId: signing.KeyId })
    for (const key of [mac, signing]) expect(await lastUsage(key.KeyId)).toEqual({})
  })

  test('is told of keys in every state, by id or ARN, to whoever may ask, and of no other account’s', async () => {
    const { KeyId, arn } = await newLetter(house.root)
    const { kms } = house.root
    await kms.createAlias({ AliasName: 'alias/asked', TargetKeyId: KeyId })
    await kms.scheduleKeyDeletion({ KeyId })
    expect(await lastUsage(arn)).toMatchObject({ Operation: 'Encrypt' })
    await refused(kms.getKeyLastUsage({ KeyId: 'alias/asked' }), 'NotFoundException')
    const stranger = await house.user('not-told')
    await refused(stranger.kms.getKeyLastUsage({ KeyId }), 'AccessDeniedException')
    const foreign = arn.replace(account, '444455556666')
    await refused(
      kms.getKeyLastUsage({ KeyId: foreign }),
      'AccessDeniedException',
      foreignDenial(house.root, 'kms:GetKeyLastUsage'),
    )
  })

  test('costs no use of a key a write', async () => {
    const own = await serve()
    const { id: KeyId } = await newKey(own.root)
    const { store } = own.claviger.catalog
    const before = await store.changeNumber()
    for (let count = 0; count < 20; count += 1) {
      await own.root.kms.encrypt({ KeyId, Plaintext: bytes('a') })
    }
    expect(await store.changeNumber()).toBe(before)
    await own.close()
  })

  test('is still there after a restart, with where its tracking began', async () => {
    const own = await serve()
    const { KeyId } = await newLetter(own.root)
    const told = await answerOf(own.root.kms.getKeyLastUsage({ KeyId }))
    expect(told.KeyLastUsage).toMatchObject({ Operation: 'Encrypt' })
    own.clock.advance(daysMs(2))
    await own.restart()
    expect(await answerOf(own.root.kms.getKeyLastUsage({ KeyId }))).toEqual(told)
    await own.close()
  })

  test('is still there after the service was killed', async () => {
    const dataDir = await emptyDirectory()
    const first = await running({ dataDir })
    const root = rootOf(first)
    const { KeyId, CiphertextBlob } = await newLetter(root)
    await root.kms.decrypt({ CiphertextBlob })
    const told = await lastUsage(KeyId, root)
    first.kill('SIGKILL')
    await first.ended
    expect(told?.Operation).toBe('Decrypt')
    expect(await lastUsage(KeyId, rootOf(await running({ dataDir })))).toEqual(told)
  })

  test('goes when its key does', async () => {
    const own = await serve()
    const { KeyId } = await newLetter(own.root)
    await own.restart()
    const kept = () => own.claviger.catalog.store.count('keyLastUsage', { prefix: [] })
    expect(await kept()).toBe(1)
    await own.root.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    own.clock.advance(daysMs(7))
    await refused(own.root.kms.getKeyLastUsage({ KeyId }), 'NotFoundException')
    expect(await kept()).toBe(0)
    await own.close()
  })
})

describe('kms:TrailingDaysWithoutKeyUsage', () => {
  /** A user who may end the use of keys that nobody has used for 30 days. */
  async function caretaker(name: string) {
    const user = await house.user(name)
    await house.root.iam.putUserPolicy({
      UserName: name,
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:EnableKey'],
          Resource: '*',
          Condition: { NumericGreaterThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '30' } },
        },
      }),
    })
    return user
  }

  test('keeps a key that is in use from being disabled or deleted', async () => {
    const { kms } = await caretaker('caretaker')
    const { KeyId, CiphertextBlob } = await newLetter(house.root)
    house.clock.advance(daysMs(29))
    await house.root.kms.decrypt({ CiphertextBlob })
    house.clock.advance(daysMs(30) - 1000)
    await refused(kms.disableKey({ KeyId }), 'AccessDeniedException')
    await refused(kms.scheduleKeyDeletion({ KeyId }), 'AccessDeniedException')
    house.clock.advance(1000)
    await kms.disableKey({ KeyId })
    await kms.scheduleKeyDeletion({ KeyId })
  })

  test('counts from its beginning for a key that was never used', async () => {
    const { kms } = await caretaker('caretaker-of-unused')
    const { id: KeyId } = await newKey(house.root)
    house.clock.advance(daysMs(30) - 1000)
    await refused(kms.disableKey({ KeyId }), 'AccessDeniedException')
    house.clock.advance(1000)
    await kms.disableKey({ KeyId })
  })

  test('is there for these two operations only', async () => {
    const { kms } = await caretaker('caretaker-of-two')
    const { id: KeyId } = await newKey(house.root)
    house.clock.advance(daysMs(31))
    await kms.disableKey({ KeyId })
    await refused(kms.enableKey({ KeyId }), 'AccessDeniedException')
  })
})
