import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { emptyKey } from '../importing.ts'
import {
  allow,
  allPages,
  answerOf,
  bytes,
  daysMs,
  denial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

const ireland = 'eu-west-1'
const minuteMs = 60_000

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: `us-east-1,${ireland}` })
})
afterAll(() => house.close())

const status = async (KeyId: string, kms = house.root.kms) => answerOf(kms.getKeyRotationStatus({ KeyId }))

async function rotations(KeyId: string, kms = house.root.kms) {
  return (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations ?? []
}

async function sealed(KeyId: string, text: string) {
  return (await house.root.kms.encrypt({ KeyId, Plaintext: bytes(text) })).CiphertextBlob
}

async function opened(CiphertextBlob: Uint8Array | undefined, kms = house.root.kms) {
  const { Plaintext, KeyMaterialId } = await kms.decrypt({ CiphertextBlob })
  return { text: textOf(Plaintext), KeyMaterialId }
}

async function eventsOf(name: string, arn: string) {
  const records = await recordsIn(house.dataDir)
  return records.filter(
    ({ eventName, resources }) =>
      eventName === name && (resources as { ARN: string }[] | undefined)?.[0]?.ARN === arn,
  )
}

describe('automatic rotation', () => {
  test('is off until it is switched on, and is then due in a year, or after as many days as are asked for', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    expect(await status(id)).toEqual({ KeyId: id, KeyRotationEnabled: false })
    expect(await answerOf(kms.enableKeyRotation({ KeyId: id }))).toEqual({})
    const enabledAt = house.clock.now()
    expect(await status(id)).toEqual({
      KeyId: id,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(enabledAt + daysMs(365)),
    })
    house.clock.advance(daysMs(10))
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    expect(await status(id)).toMatchObject({
      RotationPeriodInDays: 90,
      NextRotationDate: new Date(enabledAt + daysMs(100)),
    })
    await kms.disableKeyRotation({ KeyId: id })
    expect(await status(id)).toEqual({ KeyId: id, KeyRotationEnabled: false })
  })

  test('happens every 90 days at the least, and every 2560 at the most', async () => {
    const { id } = await newKey(house.root)
    for (const days of [89, 2561]) {
      const bound = days < 90 ? 'greater than or equal to 90' : 'less than or equal to 2560'
      await refused(
        house.root.kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: days }),
        'ValidationException',
        `1 validation error detected: Value '${days}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${bound}`,
      )
    }
    for (const days of [90, 2560]) {
      await house.root.kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: days })
      expect((await status(id)).RotationPeriodInDays).toBe(days)
    }
  })

  test('gives a key new material on its date, and what was encrypted before still opens', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const first = (await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId
    const before = await sealed(id, 'before')
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 100 })
    const due = house.clock.now() + daysMs(100)
    house.clock.advance(daysMs(100) - 1)
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId).toBe(first)
    house.clock.advance(1)
    const second = (await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId
    expect(second).not.toBe(first)
    const after = await sealed(id, 'after')
    expect(await opened(before)).toEqual({ text: 'before', KeyMaterialId: first })
    expect(await opened(after)).toEqual({ text: 'after', KeyMaterialId: second })
    expect((await status(id)).NextRotationDate).toEqual(new Date(due + daysMs(100)))
    expect(await answerOf(kms.listKeyRotations({ KeyId: id }))).toEqual({
      Rotations: [
        {
          KeyId: id,
          KeyMaterialId: second,
          KeyMaterialState: 'CURRENT',
          RotationDate: new Date(due),
          RotationType: 'AUTOMATIC',
        },
      ],
      Truncated: false,
    })
  })

  test('is one rotation, and keeps its schedule, when nobody was there on several of its dates', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    const enabledAt = house.clock.now()
    house.clock.advance(daysMs(200))
    await house.restart()
    expect(await rotations(id)).toHaveLength(2)
    expect((await status(id)).NextRotationDate).toEqual(new Date(enabledAt + daysMs(270)))
    house.clock.advance(daysMs(70))
    expect(await rotations(id)).toHaveLength(3)
  })

  test('passes over a disabled key, which is rotated as soon as it is enabled if its date has passed', async () => {
    const { kms } = house.root
    const late = await newKey(house.root)
    const early = await newKey(house.root)
    for (const { id } of [late, early]) await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    const date = house.clock.now() + daysMs(90)
    for (const { id } of [late, early]) await kms.disableKey({ KeyId: id })
    house.clock.advance(daysMs(50))
    await kms.enableKey({ KeyId: early.id })
    expect((await status(early.id)).NextRotationDate).toEqual(new Date(date))
    house.clock.advance(daysMs(70))
    expect(await rotations(late.id)).toHaveLength(1)
    expect(await status(late.id)).toMatchObject({
      KeyRotationEnabled: true,
      NextRotationDate: new Date(date),
    })
    await kms.enableKey({ KeyId: late.id })
    expect(await rotations(late.id)).toHaveLength(2)
    expect((await status(late.id)).NextRotationDate).toEqual(new Date(house.clock.now() + daysMs(90)))
  })

  test('shows as off while a key is pending deletion, and goes on after all when that is called off', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    const before = await status(id)
    await kms.scheduleKeyDeletion({ KeyId: id })
    expect(await status(id)).toEqual({ KeyId: id, KeyRotationEnabled: false })
    await refused(
      kms.enableKeyRotation({ KeyId: id }),
      'KMSInvalidStateException',
      `${arn} is pending deletion.`,
    )
    await kms.cancelKeyDeletion({ KeyId: id })
    expect(await status(id)).toEqual(before)
  })

  test('cannot be had for a key that is disabled, not symmetric, or not made of material from here', async () => {
    const { kms } = house.root
    const disabled = await newKey(house.root)
    await kms.disableKey({ KeyId: disabled.id })
    const pair = await newKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const mac = await newKey(house.root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const external = await emptyKey(house.root)
    for (const change of [
      (KeyId: string) => kms.enableKeyRotation({ KeyId }),
      (KeyId: string) => kms.disableKeyRotation({ KeyId }),
    ]) {
      await refused(change(disabled.id), 'DisabledException', `${disabled.arn} is disabled.`)
      await refused(change(pair.id), 'UnsupportedOperationException')
      await refused(change(mac.id), 'UnsupportedOperationException')
      await refused(
        change(external.id),
        'UnsupportedOperationException',
        `${external.arn} origin is EXTERNAL which is not valid for this operation.`,
      )
    }
    for (const { id } of [pair, mac])
      expect(await status(id)).toEqual({ KeyId: id, KeyRotationEnabled: false })
    await refused(
      kms.getKeyRotationStatus({ KeyId: external.id }),
      'UnsupportedOperationException',
      `${external.arn} origin is EXTERNAL which is not valid for this operation.`,
    )
  })

  test('can be allowed for some periods alone', async () => {
    const careful = await house.user('careful')
    const { id, arn } = await newKey(house.root, { Policy: keyPolicy() })
    const between = { NumericGreaterThanEquals: { 'kms:RotationPeriodInDays': '180' } }
    const statement = { Effect: 'Allow', Action: 'kms:EnableKeyRotation', Resource: '*', Condition: between }
    await house.root.iam.putUserPolicy({
      UserName: careful.name,
      PolicyName: 'periods',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    })
    await house.root.kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() })
    await refused(
      careful.kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 }),
      'AccessDeniedException',
      denial(careful, 'kms:EnableKeyRotation', arn, noIdentityPolicy('kms:EnableKeyRotation')),
    )
    await careful.kms.enableKeyRotation({ KeyId: id })
    await careful.kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 180 })
  })

  test("is recorded as the service's own doing, with the material before and after", async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    expect(await eventsOf('EnableKeyRotation', arn)).toMatchObject([
      { requestParameters: { keyId: id, rotationPeriodInDays: 90 }, responseElements: { keyId: arn } },
    ])
    house.clock.advance(daysMs(90))
    const [first, second] = await rotations(id)
    expect(await eventsOf('RotateKey', arn)).toEqual([
      {
        eventVersion: '1.11',
        userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
        eventTime: `${new Date(house.clock.now()).toISOString().slice(0, 19)}Z`,
        eventSource: 'kms.amazonaws.com',
        eventName: 'RotateKey',
        awsRegion: 'us-east-1',
        sourceIPAddress: 'AWS Internal',
        userAgent: 'AWS Internal',
        requestParameters: null,
        responseElements: null,
        eventID: expect.any(String),
        readOnly: false,
        resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arn }],
        eventType: 'AwsServiceEvent',
        managementEvent: true,
        recipientAccountId: '111122223333',
        serviceEventDetails: {
          rotationType: 'AUTOMATIC',
          keyOrigin: 'AWS_KMS',
          previousKeyMaterialId: first?.KeyMaterialId,
          currentKeyMaterialId: second?.KeyMaterialId,
          keyId: id,
        },
        eventCategory: 'Management',
      },
    ])
  })
})

test('AWS managed keys are rotated every year, and nobody has a say in it', async () => {
  const { kms } = house.root
  const { KeyMetadata } = await kms.describeKey({ KeyId: 'alias/aws/s3' })
  const KeyId = String(KeyMetadata?.KeyId)
  const next = new Date(house.clock.now() + daysMs(365))
  expect(await status(KeyId)).toMatchObject({ KeyRotationEnabled: true, NextRotationDate: next })
  house.clock.advance(daysMs(365))
  const [first, second] = await rotations(KeyId)
  expect([first?.KeyMaterialState, second?.RotationType]).toEqual(['NON_CURRENT', 'AUTOMATIC'])
  await refused(kms.rotateKeyOnDemand({ KeyId }), 'AccessDeniedException')
  await refused(kms.disableKeyRotation({ KeyId }), 'AccessDeniedException')
})

describe('rotation on demand', () => {
  test('gives a key new material at once, and leaves its schedule alone', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id })
    const scheduled = await status(id)
    const before = await sealed(id, 'before')
    house.clock.advance(daysMs(3))
    expect(await answerOf(kms.rotateKeyOnDemand({ KeyId: id }))).toEqual({ KeyId: arn })
    const [first, second] = await rotations(id)
    expect([first, second]).toEqual([
      { KeyId: id, KeyMaterialId: expect.any(String), KeyMaterialState: 'NON_CURRENT' },
      {
        KeyId: id,
        KeyMaterialId: expect.any(String),
        KeyMaterialState: 'CURRENT',
        RotationDate: new Date(house.clock.now()),
        RotationType: 'ON_DEMAND',
      },
    ])
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.CurrentKeyMaterialId).toBe(
      second?.KeyMaterialId,
    )
    expect(await opened(before)).toEqual({ text: 'before', KeyMaterialId: first?.KeyMaterialId })
    expect(await status(id)).toEqual(scheduled)
    expect(await eventsOf('RotateKey', arn)).toMatchObject([
      { serviceEventDetails: { rotationType: 'ON_DEMAND', currentKeyMaterialId: second?.KeyMaterialId } },
    ])
    expect(await eventsOf('RotateKeyOnDemand', arn)).toMatchObject([{ responseElements: { keyId: arn } }])
  })

  test('is done 25 times with one key and no more, however often its clock rotates it', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    house.clock.advance(daysMs(90))
    for (let count = 0; count < 25; count += 1) await kms.rotateKeyOnDemand({ KeyId: id })
    await refused(
      kms.rotateKeyOnDemand({ KeyId: id }),
      'LimitExceededException',
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
    )
    expect(await rotations(id)).toHaveLength(27)
  })

  test('asked for many times at once, happens that many times', async () => {
    const { id } = await newKey(house.root)
    await Promise.all(Array.from({ length: 6 }, () => house.root.kms.rotateKeyOnDemand({ KeyId: id })))
    const listed = await rotations(id)
    expect(listed.filter(({ KeyMaterialState }) => KeyMaterialState === 'CURRENT')).toHaveLength(1)
    expect(new Set(listed.map(({ KeyMaterialId }) => KeyMaterialId)).size).toBe(7)
  })

  test('waits when the clock is about to rotate the key anyway', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    house.clock.advance(daysMs(90) - 20 * minuteMs)
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'ConflictException')
    house.clock.advance(20 * minuteMs)
    await kms.rotateKeyOnDemand({ KeyId: id })
    expect((await rotations(id)).map(({ RotationType }) => RotationType)).toEqual([
      undefined,
      'AUTOMATIC',
      'ON_DEMAND',
    ])
  })

  test('cannot be had for a key that is disabled, pending, or not symmetric', async () => {
    const { kms } = house.root
    const disabled = await newKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const pair = await newKey(house.root, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const empty = await emptyKey(house.root)
    await kms.disableKey({ KeyId: disabled.id })
    await refused(
      kms.rotateKeyOnDemand({ KeyId: disabled.id }),
      'DisabledException',
      `${disabled.arn} is disabled.`,
    )
    await refused(kms.rotateKeyOnDemand({ KeyId: pair.id }), 'UnsupportedOperationException')
    await refused(
      kms.rotateKeyOnDemand({ KeyId: empty.id }),
      'KMSInvalidStateException',
      `${empty.arn} is pending import.`,
    )
  })
})

describe('the list of rotations', () => {
  test('comes in pages, oldest first', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    for (let count = 0; count < 4; count += 1) await kms.rotateKeyOnDemand({ KeyId: id })
    const pages = await allPages((Marker) => kms.listKeyRotations({ KeyId: id, Limit: 3, Marker }))
    expect(pages.map(({ Rotations, Truncated }) => [Rotations?.length, Truncated])).toEqual([
      [3, true],
      [1, false],
    ])
    const [, ...rotated] = await rotations(id)
    expect(pages.flatMap(({ Rotations = [] }) => Rotations)).toEqual(rotated)
    const other = await newKey(house.root)
    await refused(
      kms.listKeyRotations({ KeyId: other.id, Marker: pages[0]?.NextMarker }),
      'InvalidMarkerException',
    )
  })

  test('is empty for a key that is never rotated, of which more cannot be asked', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    expect(await answerOf(kms.listKeyRotations({ KeyId: id }))).toEqual({ Rotations: [], Truncated: false })
    await refused(
      kms.listKeyRotations({ KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }),
      'UnsupportedOperationException',
    )
  })

  test('is for those of the same account; the status alone may be asked from another', async () => {
    const { id } = await newKey(house.root)
    const reader = await house.user('reader')
    await house.root.iam.putUserPolicy({
      UserName: 'reader',
      PolicyName: 'status',
      PolicyDocument: allow(['kms:GetKeyRotationStatus'], { on: '*' }),
    })
    expect((await reader.kms.getKeyRotationStatus({ KeyId: id })).KeyRotationEnabled).toBe(false)
    await refused(reader.kms.listKeyRotations({ KeyId: id }), 'AccessDeniedException')
  })
})

describe('related keys in several Regions', () => {
  test('are rotated together, by the primary, and each opens what any of them encrypted', async () => {
    const { kms } = house.root
    const abroad = house.root.kmsIn(ireland)
    const { id, arn } = await newKey(house.root, { MultiRegion: true })
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    const replica = arn.replace('us-east-1', ireland)
    for (const change of [
      () => abroad.enableKeyRotation({ KeyId: id }),
      () => abroad.disableKeyRotation({ KeyId: id }),
      () => abroad.rotateKeyOnDemand({ KeyId: id }),
    ]) {
      const reason = `${replica} is not a multi-region primary key.`
      await refused(change(), 'UnsupportedOperationException', reason)
    }
    const before = await sealed(id, 'before')
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    expect(await status(id, abroad)).toEqual(await status(id))
    house.clock.advance(daysMs(90))
    await kms.rotateKeyOnDemand({ KeyId: id })
    expect(await rotations(id, abroad)).toEqual(await rotations(id))
    expect(await rotations(id)).toHaveLength(3)
    const after = await abroad.encrypt({ KeyId: id, Plaintext: bytes('after') })
    expect((await opened(before, abroad)).text).toBe('before')
    expect((await opened(after.CiphertextBlob)).text).toBe('after')
    expect(await eventsOf('RotateKey', arn)).toHaveLength(2)
    expect(await eventsOf('RotateKey', replica)).toHaveLength(0)
    await kms.disableKeyRotation({ KeyId: id })
    expect((await status(id, abroad)).KeyRotationEnabled).toBe(false)
  })

  test('share all material, however a rotation and a replication cross', async () => {
    const { kms } = house.root
    const abroad = house.root.kmsIn(ireland)
    for (let round = 0; round < 4; round += 1) {
      const { id } = await newKey(house.root, { MultiRegion: true })
      await Promise.all([
        kms.rotateKeyOnDemand({ KeyId: id }),
        kms.replicateKey({ KeyId: id, ReplicaRegion: ireland }),
        kms.rotateKeyOnDemand({ KeyId: id }),
        kms.enableKeyRotation({ KeyId: id }),
      ])
      house.clock.advance(1000)
      expect(await rotations(id, abroad)).toEqual(await rotations(id))
      expect(await status(id, abroad)).toEqual(await status(id))
      const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
      expect((await opened(CiphertextBlob, abroad)).text).toBe('noon')
    }
  })

  test('have one schedule, also when the primary was disabled on its date', async () => {
    const { kms } = house.root
    const abroad = house.root.kmsIn(ireland)
    const { id } = await newKey(house.root, { MultiRegion: true })
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    await kms.disableKey({ KeyId: id })
    house.clock.advance(daysMs(100))
    expect(await rotations(id, abroad)).toHaveLength(1)
    await kms.enableKey({ KeyId: id })
    const next = new Date(house.clock.now() + daysMs(90))
    for (const each of [kms, abroad]) {
      expect(await rotations(id, each)).toHaveLength(2)
      expect((await status(id, each)).NextRotationDate).toEqual(next)
    }
  })

  test('have the schedule of the set when another becomes the primary', async () => {
    const { kms } = house.root
    const abroad = house.root.kmsIn(ireland)
    const { id } = await newKey(house.root, { MultiRegion: true })
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    await kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    house.clock.advance(daysMs(90))
    expect(await rotations(id, abroad)).toHaveLength(2)
    expect(await rotations(id)).toEqual(await rotations(id, abroad))
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'UnsupportedOperationException')
    await abroad.rotateKeyOnDemand({ KeyId: id })
  })
})
