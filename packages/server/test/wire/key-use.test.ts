import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allow,
  bytes,
  denial,
  foreignDenial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  noKeyPolicy,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

describe('whoever nothing allows to use a key', () => {
  test('is told so for each operation, in AWS’s words', async () => {
    const { id, arn } = await newKey(house.root)
    const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const stranger = await house.user('stranger')
    const { kms } = stranger
    const calls = {
      'kms:Encrypt': kms.encrypt({ KeyId: id, Plaintext: bytes('a') }),
      'kms:Decrypt': kms.decrypt({ CiphertextBlob }),
      'kms:ReEncryptFrom': kms.reEncrypt({ CiphertextBlob, DestinationKeyId: id }),
      'kms:GenerateDataKey': kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' }),
      'kms:GenerateDataKeyWithoutPlaintext': kms.generateDataKeyWithoutPlaintext({
        KeyId: id,
        KeySpec: 'AES_256',
      }),
    }
    for (const [action, call] of Object.entries(calls)) {
      await refused(call, 'AccessDeniedException', denial(stranger, action, arn, noIdentityPolicy(action)))
    }
  })

  test('is told that the key policy is what does not allow it, where it does not delegate to the account', async () => {
    const user = await house.user('everything', 'kms:*')
    const key = await newKey(house.root, {
      Policy: keyPolicy({
        Effect: 'Deny',
        Principal: { AWS: user.arn },
        Action: 'kms:Decrypt',
      }),
      Description: 'opens for nobody called everything',
    })
    const { CiphertextBlob } = await user.kms.encrypt({ KeyId: key.id, Plaintext: bytes('a') })
    await refused(
      user.kms.decrypt({ CiphertextBlob }),
      'AccessDeniedException',
      denial(user, 'kms:Decrypt', key.arn, 'with an explicit deny in a resource-based policy'),
    )
    const only = await newKey(house.root, {
      BypassPolicyLockoutSafetyCheck: true,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: user.arn }, Action: 'kms:Encrypt', Resource: '*' },
      }),
    })
    await user.kms.encrypt({ KeyId: only.id, Plaintext: bytes('a') })
    for (const who of [user, house.root]) {
      await refused(
        who.kms.describeKey({ KeyId: only.id }),
        'AccessDeniedException',
        denial(who, 'kms:DescribeKey', only.arn, noKeyPolicy('kms:DescribeKey')),
      )
    }
  })

  test('is told of an explicit deny in an identity policy', async () => {
    const { id, arn } = await newKey(house.root)
    const user = await house.user('denied', 'kms:*')
    await house.root.iam.putUserPolicy({
      UserName: 'denied',
      PolicyName: 'never',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*' },
      }),
    })
    await refused(
      user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }),
      'AccessDeniedException',
      denial(user, 'kms:Encrypt', arn, 'with an explicit deny in an identity-based policy'),
    )
  })

  test('learns nothing of another account’s keys', async () => {
    const KeyId = 'arn:aws:kms:us-east-1:444455556666:key/12345678-1234-1234-1234-123456789012'
    const { kms } = house.root
    const calls = {
      'kms:Encrypt': kms.encrypt({ KeyId, Plaintext: bytes('a') }),
      'kms:GenerateDataKey': kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
      'kms:Decrypt': kms.decrypt({ KeyId, CiphertextBlob: bytes('a') }),
    }
    for (const [action, call] of Object.entries(calls)) {
      await refused(call, 'AccessDeniedException', foreignDenial(house.root, action))
    }
  })
})

test('a condition on the encryption context lets through what it names and nothing else', async () => {
  const blue = await house.user('blue')
  await house.root.iam.putUserPolicy({
    UserName: 'blue',
    PolicyName: 'blue-only',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: ['kms:Encrypt', 'kms:Decrypt'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'blue' } },
      },
    }),
  })
  const { id } = await newKey(house.root)
  const encrypt = (EncryptionContext?: Record<string, string>) =>
    blue.kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionContext })
  const { CiphertextBlob } = await encrypt({ tenant: 'blue', stage: 'test' })
  await refused(encrypt({ tenant: 'red' }), 'AccessDeniedException')
  await refused(encrypt(), 'AccessDeniedException')
  const EncryptionContext = { tenant: 'blue', stage: 'test' }
  expect(textOf((await blue.kms.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext)).toBe('a')
})

test('an identity policy reaches the keys whose ARN it names, and no alias in it lets anybody use a key', async () => {
  const [mine, theirs] = [await newKey(house.root), await newKey(house.root)]
  await house.root.kms.createAlias({ AliasName: 'alias/theirs', TargetKeyId: theirs.id })
  const user = await house.user('by-arn')
  const put = (document: string) =>
    house.root.iam.putUserPolicy({ UserName: 'by-arn', PolicyName: 'p', PolicyDocument: document })
  await put(allow(['kms:Encrypt'], { on: mine.arn }))
  await user.kms.encrypt({ KeyId: mine.id, Plaintext: bytes('a') })
  await refused(user.kms.encrypt({ KeyId: theirs.id, Plaintext: bytes('a') }), 'AccessDeniedException')
  await put(allow(['kms:Encrypt'], { on: `arn:aws:kms:us-east-1:${account}:alias/theirs` }))
  await refused(user.kms.encrypt({ KeyId: 'alias/theirs', Plaintext: bytes('a') }), 'AccessDeniedException')
})
