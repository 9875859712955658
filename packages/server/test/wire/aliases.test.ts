import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allPages,
  answerOf,
  bytes,
  denial,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

const arnOf = (name: string) => `arn:aws:kms:us-east-1:${account}:${name}`

test('an alias stands for a key, can be moved to another and taken away; the keys stay', async () => {
  const { kms } = house.root
  const [one, other] = [await newKey(house.root), await newKey(house.root)]
  const AliasName = 'alias/billing/2026'
  const target = async () => (await kms.describeKey({ KeyId: AliasName })).KeyMetadata?.Arn

  const made = house.clock.now()
  expect(await answerOf(kms.createAlias({ AliasName, TargetKeyId: one.id }))).toEqual({})
  expect(await target()).toBe(one.arn)
  const { CiphertextBlob } = await kms.encrypt({ KeyId: AliasName, Plaintext: bytes('a') })

  house.clock.advance(1000)
  expect(await answerOf(kms.updateAlias({ AliasName, TargetKeyId: other.arn }))).toEqual({})
  expect(await target()).toBe(other.arn)
  expect((await kms.decrypt({ CiphertextBlob })).KeyId).toBe(one.arn)
  await refused(kms.decrypt({ CiphertextBlob, KeyId: AliasName }), 'IncorrectKeyException')
  expect(await answerOf(kms.listAliases({ KeyId: other.id }))).toEqual({
    Aliases: [
      {
        AliasArn: arnOf(AliasName),
        AliasName,
        CreationDate: new Date(made),
        LastUpdatedDate: new Date(made + 1000),
        TargetKeyId: other.id,
      },
    ],
    Truncated: false,
  })
  expect((await kms.listAliases({ KeyId: one.id })).Aliases).toEqual([])

  expect(await answerOf(kms.deleteAlias({ AliasName }))).toEqual({})
  await refused(
    kms.describeKey({ KeyId: AliasName }),
    'NotFoundException',
    `Alias ${arnOf(AliasName)} is not found.`,
  )
  expect((await kms.describeKey({ KeyId: other.id })).KeyMetadata?.KeyState).toBe('Enabled')
})

describe('the name of an alias', () => {
  test('begins with alias/, and not with what AWS keeps to itself', async () => {
    const { kms } = house.root
    const { id: TargetKeyId } = await newKey(house.root)
    const calls = (AliasName: string) => [
      kms.createAlias({ AliasName, TargetKeyId }),
      kms.updateAlias({ AliasName, TargetKeyId }),
      kms.deleteAlias({ AliasName }),
    ]
    for (const call of calls('billing')) {
      await refused(
        call,
        'ValidationException',
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      )
    }
    for (const call of calls('alias/aws/s3')) await refused(call, 'NotAuthorizedException')
  })

  test('has letters, digits, slashes, dashes and underscores, 256 of them at most', async () => {
    const { kms } = house.root
    const { id: TargetKeyId } = await newKey(house.root)
    await kms.createAlias({ AliasName: `alias/${'x'.repeat(250)}`, TargetKeyId })
    await kms.createAlias({ AliasName: 'alias/Az_09-/x', TargetKeyId })
    await refused(
      kms.createAlias({ AliasName: `alias/${'x'.repeat(251)}`, TargetKeyId }),
      'ValidationException',
      /'aliasName'.*less than or equal to 256$/,
    )
    for (const AliasName of ['alias/with space', 'alias/schlüssel', 'alias/a.b']) {
      await refused(
        kms.createAlias({ AliasName, TargetKeyId }),
        'ValidationException',
        /satisfy regular expression/,
      )
    }
    for (const AliasName of ['alias/a:b', 'alias/']) {
      await refused(kms.createAlias({ AliasName, TargetKeyId }), 'InvalidAliasNameException')
    }
  })

  test('is taken once in an account and Region, whatever key it stands for; case counts', async () => {
    const { kms } = house.root
    const [one, other] = [await newKey(house.root), await newKey(house.root)]
    await kms.createAlias({ AliasName: 'alias/taken', TargetKeyId: one.id })
    for (const TargetKeyId of [one.id, other.id]) {
      await refused(
        kms.createAlias({ AliasName: 'alias/taken', TargetKeyId }),
        'AlreadyExistsException',
        `An alias with the name ${arnOf('alias/taken')} already exists`,
      )
    }
    await kms.createAlias({ AliasName: 'alias/Taken', TargetKeyId: other.id })
    const frankfurt = house.root.kmsIn('eu-central-1')
    const there = await newKey({ kms: frankfurt })
    await frankfurt.createAlias({ AliasName: 'alias/taken', TargetKeyId: there.id })
  })
})

test('an alias stands for no other alias, no missing key and no key of another Region', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root)
  await kms.createAlias({ AliasName: 'alias/first', TargetKeyId: id })
  const there = await newKey({ kms: house.root.kmsIn('eu-central-1') })
  const missing = '12345678-1234-1234-1234-123456789012'
  for (const TargetKeyId of ['alias/first', missing, there.id, there.arn]) {
    await refused(kms.createAlias({ AliasName: 'alias/second', TargetKeyId }), 'NotFoundException')
    await refused(kms.updateAlias({ AliasName: 'alias/first', TargetKeyId }), 'NotFoundException')
  }
  expect((await kms.describeKey({ KeyId: 'alias/first' })).KeyMetadata?.KeyId).toBe(id)
})

test('an alias that is not there can be neither moved nor taken away', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root)
  const text = `Alias ${arnOf('alias/nobody')} is not found.`
  await refused(kms.updateAlias({ AliasName: 'alias/nobody', TargetKeyId: id }), 'NotFoundException', text)
  await refused(kms.deleteAlias({ AliasName: 'alias/nobody' }), 'NotFoundException', text)
})

test('a key has at most 50 aliases, and they are listed page by page', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root)
  const names = Array.from({ length: 50 }, (_, count) => `alias/many-${String(count).padStart(2, '0')}`)
  for (const AliasName of names) await kms.createAlias({ AliasName, TargetKeyId: id })
  await refused(kms.createAlias({ AliasName: 'alias/many-50', TargetKeyId: id }), 'LimitExceededException')
  const pages = await allPages((Marker) => kms.listAliases({ KeyId: id, Limit: 20, Marker }))
  expect(pages.map(({ Aliases, Truncated }) => [Aliases?.length, Truncated])).toEqual([
    [20, true],
    [20, true],
    [10, false],
  ])
  expect(pages.flatMap(({ Aliases }) => Aliases?.map(({ AliasName }) => AliasName))).toEqual(names)
  const everything = await allPages((Marker) => kms.listAliases({ Limit: 7, Marker }))
  const listed = everything.flatMap(({ Aliases }) => Aliases?.map(({ AliasName }) => String(AliasName)) ?? [])
  expect(listed.filter((name) => name.startsWith('alias/many-'))).toEqual(names)
  expect(new Set(listed).size).toBe(listed.length)
})

describe('alias operations need their permission twice', () => {
  test('on the alias and on the key', async () => {
    const { id, arn } = await newKey(house.root)
    const user = await house.user('namer')
    const action = 'kms:CreateAlias'
    const attempt = () => user.kms.createAlias({ AliasName: 'alias/named', TargetKeyId: id })
    const permit = (...resources: string[]) =>
      house.root.iam.putUserPolicy({
        UserName: 'namer',
        PolicyName: 'naming',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'kms:*Alias*', Resource: resources },
        }),
      })
    await refused(
      attempt(),
      'AccessDeniedException',
      denial(user, action, arnOf('alias/named'), noIdentityPolicy(action)),
    )
    await permit(arnOf('alias/named'))
    await refused(attempt(), 'AccessDeniedException', denial(user, action, arn, noIdentityPolicy(action)))
    await permit(arnOf('alias/named'), arn)
    await attempt()

    const other = await newKey(house.root)
    const move = () => user.kms.updateAlias({ AliasName: 'alias/named', TargetKeyId: other.id })
    const moving = 'kms:UpdateAlias'
    await refused(move(), 'AccessDeniedException', denial(user, moving, other.arn, noIdentityPolicy(moving)))
    await permit(arnOf('alias/named'), arn, other.arn)
    await move()
    await permit(arnOf('alias/named'))
    await refused(user.kms.deleteAlias({ AliasName: 'alias/named' }), 'AccessDeniedException')
    await permit(arnOf('alias/named'), other.arn)
    await user.kms.deleteAlias({ AliasName: 'alias/named' })
  })

  test('to list them is one of the account', async () => {
    const user = await house.user('reader')
    await refused(
      user.kms.listAliases({}),
      'AccessDeniedException',
      `User: ${user.arn} is not authorized to perform: kms:ListAliases ${noIdentityPolicy('kms:ListAliases')}`,
    )
  })
})

test('a policy can ask by which alias a key was named, and which aliases it has', async () => {
  const { id } = await newKey(house.root)
  await house.root.kms.createAlias({ AliasName: 'alias/asked', TargetKeyId: id })
  const user = await house.user('by-alias')
  const permit = (Condition: object) =>
    house.root.iam.putUserPolicy({
      UserName: 'by-alias',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*', Condition },
      }),
    })
  const encrypt = (KeyId: string) => user.kms.encrypt({ KeyId, Plaintext: bytes('a') })
  await permit({ StringEquals: { 'kms:RequestAlias': 'alias/asked' } })
  await encrypt('alias/asked')
  await refused(encrypt(id), 'AccessDeniedException')
  await permit({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/asked' } })
  await encrypt(id)
  await house.root.kms.deleteAlias({ AliasName: 'alias/asked' })
  await refused(encrypt(id), 'AccessDeniedException')
})
