import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerOf,
  bytes,
  denial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const grantId = /^[0-9a-f]{64}$/

describe('a grant', () => {
  test('lets its grantee do what it names, at once, and nothing else', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const bob = await house.user('bob')
    const attempt = () => bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await refused(attempt(), 'AccessDeniedException')

    const made = await answerOf(
      kms.createGrant({ KeyId: id, GranteePrincipal: bob.arn, Operations: ['Encrypt', 'DescribeKey'] }),
    )
    expect(made).toEqual({ GrantId: expect.stringMatching(grantId), GrantToken: expect.any(String) })
    const { CiphertextBlob } = await attempt()
    await bob.kms.describeKey({ KeyId: id })
    const action = 'kms:Decrypt'
    await refused(
      bob.kms.decrypt({ CiphertextBlob }),
      'AccessDeniedException',
      denial(bob, action, arn, noIdentityPolicy(action)),
    )
    expect(await answerOf(kms.revokeGrant({ KeyId: id, GrantId: made.GrantId }))).toEqual({})
    await refused(attempt(), 'AccessDeniedException')
  })

  test('is shown with everything AWS documents of it', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const [grantee, retiring] = [await house.user('shown-grantee'), await house.user('shown-retiring')]
    const { GrantId } = await kms.createGrant({
      KeyId: arn,
      GranteePrincipal: grantee.arn,
      RetiringPrincipal: retiring.arn,
      Operations: ['Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
      Name: 'orders',
    })
    const entry = {
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
      CreationDate: new Date(house.clock.now()),
      GrantId,
      GranteePrincipal: grantee.arn,
      IssuingAccount: rootArn,
      KeyId: arn,
      Name: 'orders',
      Operations: ['Encrypt', 'Decrypt'],
      RetiringPrincipal: retiring.arn,
    }
    expect(await answerOf(kms.listGrants({ KeyId: id }))).toEqual({ Grants: [entry], Truncated: false })
    expect(await answerOf(kms.listRetirableGrants({ RetiringPrincipal: retiring.arn }))).toEqual({
      Grants: [entry],
      Truncated: false,
    })
    expect((await kms.listRetirableGrants({ RetiringPrincipal: grantee.arn })).Grants).toEqual([])
  })

  test('with a constraint works only under that encryption context', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const [equals, subset] = [await house.user('equals'), await house.user('subset')]
    const context = { tenant: 'blue' }
    const grant = { KeyId: id, Operations: ['Encrypt', 'Decrypt', 'DescribeKey'] } as const
    await kms.createGrant({
      ...grant,
      Operations: [...grant.Operations],
      GranteePrincipal: equals.arn,
      Constraints: { EncryptionContextEquals: context },
    })
    await kms.createGrant({
      ...grant,
      Operations: [...grant.Operations],
      GranteePrincipal: subset.arn,
      Constraints: { EncryptionContextSubset: context },
    })
    const encrypt = (who: typeof equals, EncryptionContext?: Record<string, string>) =>
      who.kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionContext })
    await encrypt(equals, context)
    await encrypt(subset, context)
    await encrypt(subset, { ...context, stage: 'test' })
    await refused(encrypt(equals, { ...context, stage: 'test' }), 'AccessDeniedException')
    for (const who of [equals, subset]) {
      await refused(encrypt(who), 'AccessDeniedException')
      await refused(encrypt(who, { tenant: 'Blue' }), 'AccessDeniedException')
      await who.kms.describeKey({ KeyId: id })
    }
  })

  test('never beats an explicit deny', async () => {
    const bob = await house.user('denied-bob')
    const { id, arn } = await newKey(house.root, {
      Policy: keyPolicy({ Effect: 'Deny', Principal: { AWS: bob.arn }, Action: 'kms:Encrypt' }),
    })
    await house.root.kms.createGrant({ KeyId: id, GranteePrincipal: bob.arn, Operations: ['Encrypt'] })
    await refused(
      bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }),
      'AccessDeniedException',
      denial(bob, 'kms:Encrypt', arn, 'with an explicit deny in a resource-based policy'),
    )
  })

  test('of the same name and content is the same grant; without a name, always a new one', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const grant = { KeyId: id, GranteePrincipal: rootArn, Operations: ['Encrypt', 'Decrypt'] } as const
    const create = async (more: object) =>
      (await kms.createGrant({ ...grant, Operations: [...grant.Operations], ...more })).GrantId
    const first = await create({ Name: 'mine' })
    expect(await create({ Name: 'mine' })).toBe(first)
    expect(await create({ Name: 'mine', Operations: ['Decrypt', 'Encrypt'] })).toBe(first)
    expect(await create({ Name: 'other' })).not.toBe(first)
    expect(await create({ Name: 'mine', Operations: ['Encrypt'] })).not.toBe(first)
    expect(await create({})).not.toBe(await create({}))
    expect((await kms.listGrants({ KeyId: id })).Grants).toHaveLength(5)
  })

  test('survives a start of the service, and its revocation does too', async () => {
    const own = await serve()
    const bob = await own.user('bob')
    const { id } = await newKey(own.root)
    const give = () =>
      own.root.kms.createGrant({ KeyId: id, GranteePrincipal: bob.arn, Operations: ['Encrypt'] })
    const { GrantId } = await give()
    await own.restart()
    await bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await own.root.kms.revokeGrant({ KeyId: id, GrantId })
    await own.restart()
    await refused(bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    await own.close()
  })

  test('is for who had the name then, and not for somebody who gets it later', async () => {
    const { kms, iam } = house.root
    const { id } = await newKey(house.root)
    const first = await house.user('renamed')
    await kms.createGrant({ KeyId: id, GranteePrincipal: first.arn, Operations: ['Encrypt'] })
    await first.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const { accessKeyId: AccessKeyId } = first.credentials
    await iam.deleteAccessKey({ UserName: 'renamed', AccessKeyId })
    await iam.deleteUser({ UserName: 'renamed' })
    expect((await kms.listGrants({ KeyId: id })).Grants?.[0]?.GranteePrincipal).toBe(first.userId)
    const second = await house.user('renamed')
    expect(second.arn).toBe(first.arn)
    await refused(second.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
  })
})

describe('a grantee who may give grants', () => {
  test('gives away no more than was given', async () => {
    const { id } = await newKey(house.root)
    const [giver, taker] = [await house.user('giver'), await house.user('taker')]
    await house.root.kms.createGrant({
      KeyId: id,
      GranteePrincipal: giver.arn,
      Operations: ['CreateGrant', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
    })
    const give = (more: object) =>
      giver.kms.createGrant({ KeyId: id, GranteePrincipal: taker.arn, Operations: ['Encrypt'], ...more })
    await refused(give({}), 'AccessDeniedException')
    await refused(give({ Operations: ['Decrypt'] }), 'AccessDeniedException')
    await refused(
      give({ Constraints: { EncryptionContextSubset: { tenant: 'red' } } }),
      'AccessDeniedException',
    )
    await give({ Constraints: { EncryptionContextEquals: { tenant: 'blue', stage: 'test' } } })
    await taker.kms.encrypt({
      KeyId: id,
      Plaintext: bytes('a'),
      EncryptionContext: { tenant: 'blue', stage: 'test' },
    })
  })
})

describe('a grant ends', () => {
  async function granted(names: { grantee: string; retiring: string }) {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const [grantee, retiring] = [await house.user(names.grantee), await house.user(names.retiring)]
    const grant = await kms.createGrant({
      KeyId: id,
      GranteePrincipal: grantee.arn,
      RetiringPrincipal: retiring.arn,
      Operations: ['Encrypt'],
    })
    const encrypt = () => grantee.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await encrypt()
    return { kms, id, arn, grantee, retiring, grant, encrypt }
  }

  test('when its retiring principal retires it, by its token', async () => {
    const { retiring, grant, encrypt } = await granted({ grantee: 'g1', retiring: 'r1' })
    expect(await answerOf(retiring.kms.retireGrant({ GrantToken: grant.GrantToken }))).toEqual({})
    await refused(encrypt(), 'AccessDeniedException')
    await refused(retiring.kms.retireGrant({ GrantToken: grant.GrantToken }), 'NotFoundException')
  })

  test('when its retiring principal retires it, by its id', async () => {
    const { arn, retiring, grant, encrypt } = await granted({ grantee: 'g2', retiring: 'r2' })
    await retiring.kms.retireGrant({ KeyId: arn, GrantId: grant.GrantId })
    await refused(encrypt(), 'AccessDeniedException')
  })

  test('not when its grantee would retire it without having been given that', async () => {
    const { arn, grantee, grant, encrypt } = await granted({ grantee: 'g3', retiring: 'r3' })
    await refused(grantee.kms.retireGrant({ KeyId: arn, GrantId: grant.GrantId }), 'AccessDeniedException')
    await encrypt()
  })

  test('when its grantee retires it, having been given that', async () => {
    const { id, arn } = await newKey(house.root)
    const grantee = await house.user('g4')
    const { GrantId } = await house.root.kms.createGrant({
      KeyId: id,
      GranteePrincipal: grantee.arn,
      Operations: ['Encrypt', 'RetireGrant'],
    })
    await grantee.kms.retireGrant({ KeyId: arn, GrantId })
    await refused(grantee.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
  })

  test('never by nothing: it has to be named by its token, or by key and id', async () => {
    const { kms } = house.root
    const { arn, grant } = await granted({ grantee: 'g5', retiring: 'r5' })
    const text = 'Specify either GrantToken, or both KeyId and GrantId.'
    const wrong = [{}, { KeyId: arn }, { GrantId: grant.GrantId }, { ...grant, KeyId: arn }]
    for (const input of wrong) await refused(kms.retireGrant(input), 'ValidationException', text)
    const missing = { KeyId: arn, GrantId: 'f'.repeat(64) }
    await refused(kms.retireGrant(missing), 'NotFoundException', `Grant ID ${missing.GrantId} not found`)
    await refused(kms.revokeGrant(missing), 'NotFoundException', `Grant ID ${missing.GrantId} not found`)
    await refused(kms.retireGrant({ GrantToken: 'made up' }), 'InvalidGrantTokenException')
  })
})

test('a dry run of giving, retiring and revoking a grant changes nothing', async () => {
  const { kms } = house.root
  const { id, arn } = await newKey(house.root)
  const grant = { KeyId: id, GranteePrincipal: rootArn, Operations: ['Decrypt' as const] }
  const DryRun = true
  await refused(kms.createGrant({ ...grant, DryRun }), 'DryRunOperationException')
  expect((await kms.listGrants({ KeyId: id })).Grants).toEqual([])
  const { GrantId } = await kms.createGrant(grant)
  await refused(kms.retireGrant({ KeyId: arn, GrantId, DryRun }), 'DryRunOperationException')
  await refused(kms.revokeGrant({ KeyId: id, GrantId, DryRun }), 'DryRunOperationException')
  expect((await kms.listGrants({ KeyId: id })).Grants).toHaveLength(1)
})

test('a grant token is taken wherever it may be given, and refused when it was made up', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root)
  const bob = await house.user('token-bob')
  const { GrantToken } = await kms.createGrant({
    KeyId: id,
    GranteePrincipal: bob.arn,
    Operations: [
      'Encrypt',
      'Decrypt',
      'ReEncryptFrom',
      'ReEncryptTo',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'DescribeKey',
      'CreateGrant',
    ],
  })
  const uses = (GrantTokens: string[]) => [
    bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a'), GrantTokens }),
    bob.kms.decrypt({ CiphertextBlob, GrantTokens }),
    bob.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: id, GrantTokens }),
    bob.kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256', GrantTokens }),
    bob.kms.generateDataKeyWithoutPlaintext({ KeyId: id, KeySpec: 'AES_256', GrantTokens }),
    bob.kms.describeKey({ KeyId: id, GrantTokens }),
    bob.kms.createGrant({ KeyId: id, GranteePrincipal: bob.arn, Operations: ['Decrypt'], GrantTokens }),
  ]
  const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('sealed') })
  for (const use of uses([String(GrantToken)])) await use
  for (const use of uses(['made up'])) await refused(use, 'InvalidGrantTokenException')
  expect(textOf((await bob.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('sealed')
  await refused(
    bob.kms.describeKey({ KeyId: id, GrantTokens: Array.from({ length: 11 }, () => String(GrantToken)) }),
    'ValidationException',
    /'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10$/,
  )
})
