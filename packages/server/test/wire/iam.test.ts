import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  account,
  allow,
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
  house = await serve()
})
afterAll(() => house.close())

const policy = allow(['kms:ListKeys'], { on: '*' })

describe('users', () => {
  test('are made and shown with everything AWS documents of them', async () => {
    const { iam } = house.root
    const made = await answerOf(
      iam.createUser({ UserName: 'alice', Path: '/team/blue/', Tags: [{ Key: 'team', Value: 'blue' }] }),
    )
    expect(made).toEqual({
      User: {
        Arn: `arn:aws:iam::${account}:user/team/blue/alice`,
        CreateDate: new Date(house.clock.now()),
        Path: '/team/blue/',
        Tags: [{ Key: 'team', Value: 'blue' }],
        UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
        UserName: 'alice',
      },
    })
    expect(await answerOf(iam.getUser({ UserName: 'alice' }))).toEqual(made)
  })

  test('have names that are taken whatever their case', async () => {
    const { iam } = house.root
    await iam.createUser({ UserName: 'Taken' })
    for (const UserName of ['Taken', 'taken']) {
      await refused(
        iam.createUser({ UserName }),
        'EntityAlreadyExistsException',
        `User with name ${UserName} already exists.`,
      )
    }
  })

  test('have names of letters, digits and +=,.@_-, 64 at most', async () => {
    const { iam } = house.root
    await iam.createUser({ UserName: 'a+=,.@_-z' })
    for (const UserName of ['with space', 'slash/ed', 'ümlaut', 'x'.repeat(65), '']) {
      await refused(iam.createUser({ UserName }), 'ValidationError')
    }
  })

  test('ask about themselves without a name', async () => {
    const bob = await house.user('bob', 'iam:GetUser')
    expect((await bob.iam.getUser({})).User?.Arn).toBe(bob.arn)
  })

  test('are told apart from the root user, who is shown as the account', async () => {
    const { User } = await house.root.iam.getUser({})
    expect(User).toMatchObject({ Arn: `arn:aws:iam::${account}:root`, UserId: account })
  })

  test('are deleted once they have nothing left, and their credentials prove nothing from then on', async () => {
    const { iam } = house.root
    const user = await house.user('leaving', 'kms:*')
    const conflict = 'DeleteConflictException'
    await refused(iam.deleteUser({ UserName: 'leaving' }), conflict)
    const AccessKeyId = user.credentials.accessKeyId
    expect(await answerOf(iam.deleteAccessKey({ UserName: 'leaving', AccessKeyId }))).toEqual({})
    await refused(iam.deleteUser({ UserName: 'leaving' }), conflict)
    expect(await answerOf(iam.deleteUserPolicy({ UserName: 'leaving', PolicyName: 'allowing' }))).toEqual({})
    expect(await answerOf(iam.deleteUser({ UserName: 'leaving' }))).toEqual({})
    await refused(user.kms.listKeys({}), 'UnrecognizedClientException')
    await refused(
      iam.getUser({ UserName: 'leaving' }),
      'NoSuchEntityException',
      'The user with name leaving cannot be found.',
    )
  })

  test('that are not there are said to be missing, by every operation', async () => {
    const { iam } = house.root
    const UserName = 'nobody'
    const PolicyName = 'p'
    const calls = [
      iam.getUser({ UserName }),
      iam.deleteUser({ UserName }),
      iam.createAccessKey({ UserName }),
      iam.deleteAccessKey({ UserName, AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }),
      iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policy }),
      iam.getUserPolicy({ UserName, PolicyName }),
      iam.deleteUserPolicy({ UserName, PolicyName }),
    ]
    for (const call of calls) {
      await refused(call, 'NoSuchEntityException', 'The user with name nobody cannot be found.')
    }
  })
})

describe('access keys', () => {
  test('are shown with their secret once, and work at once', async () => {
    const { iam } = house.root
    await iam.createUser({ UserName: 'keyed' })
    expect(await answerOf(iam.createAccessKey({ UserName: 'keyed' }))).toEqual({
      AccessKey: {
        AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
        CreateDate: new Date(house.clock.now()),
        SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        Status: 'Active',
        UserName: 'keyed',
      },
    })
  })

  test('are two per user at most', async () => {
    const { iam } = house.root
    await house.user('two-keys')
    const { AccessKey } = await iam.createAccessKey({ UserName: 'two-keys' })
    await refused(
      iam.createAccessKey({ UserName: 'two-keys' }),
      'LimitExceededException',
      'Cannot exceed quota for AccessKeysPerUser: 2',
    )
    await iam.deleteAccessKey({ UserName: 'two-keys', AccessKeyId: AccessKey?.AccessKeyId })
    await iam.createAccessKey({ UserName: 'two-keys' })
  })

  test('of the root user are its own to rest and to delete, with no name but by nobody else', async () => {
    const own = await serve()
    onTestFinished(() => own.close())
    const { iam, kms } = own.root
    const { AccessKeyMetadata: [listed] = [] } = await iam.listAccessKeys({})
    const AccessKeyId = listed?.AccessKeyId
    const user = await own.user('not-root', 'iam:*')
    await refused(user.iam.deleteAccessKey({ AccessKeyId }), 'NoSuchEntityException')
    await refused(iam.deleteAccessKey({ UserName: 'not-root', AccessKeyId }), 'NoSuchEntityException')
    const users = { AccessKeyId: user.credentials.accessKeyId }
    await refused(iam.deleteAccessKey(users), 'NoSuchEntityException')
    await kms.listKeys({})

    expect(await answerOf(iam.updateAccessKey({ AccessKeyId, Status: 'Active' }))).toEqual({})
    expect(await answerOf(iam.deleteAccessKey({ AccessKeyId }))).toEqual({})
    await refused(kms.listKeys({}), 'UnrecognizedClientException')
  })

  test('of somebody else are not there to be deleted', async () => {
    const [one] = [await house.user('owner'), await house.user('other')]
    const AccessKeyId = one.credentials.accessKeyId
    await refused(
      house.root.iam.deleteAccessKey({ UserName: 'other', AccessKeyId }),
      'NoSuchEntityException',
      `The Access Key with id ${AccessKeyId} cannot be found.`,
    )
    expect((await one.sts.getCallerIdentity({})).Arn).toBe(one.arn)
  })

  test('can be made and deleted by their owner, who need not say a name', async () => {
    const user = await house.user('self', 'iam:CreateAccessKey', 'iam:DeleteAccessKey')
    const { AccessKey } = await user.iam.createAccessKey({})
    expect(AccessKey?.UserName).toBe('self')
    await user.iam.deleteAccessKey({ AccessKeyId: AccessKey?.AccessKeyId })
  })
})

describe('user policies', () => {
  test('are given back as they were put, replaced by name and taken away, with effect at once', async () => {
    const { iam } = house.root
    const user = await house.user('with-policy')
    const spaced = `${policy}\n `
    const place = { UserName: 'with-policy', PolicyName: 'listing' }
    expect(await answerOf(iam.putUserPolicy({ ...place, PolicyDocument: spaced }))).toEqual({})
    const shown = await answerOf(iam.getUserPolicy(place))
    expect(shown).toEqual({ ...place, PolicyDocument: encodeURIComponent(spaced) })
    await user.kms.listKeys({})
    await iam.putUserPolicy({ ...place, PolicyDocument: allow(['kms:CreateKey'], { on: '*' }) })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    await newKey(user)
    expect(await answerOf(iam.deleteUserPolicy(place))).toEqual({})
    await refused(user.kms.createKey({}), 'AccessDeniedException')
    await refused(iam.getUserPolicy(place), 'NoSuchEntityException')
    await refused(iam.deleteUserPolicy(place), 'NoSuchEntityException')
  })

  test('must be policies', async () => {
    const { iam } = house.root
    await iam.createUser({ UserName: 'malformed' })
    const put = (PolicyDocument: string) =>
      iam.putUserPolicy({ UserName: 'malformed', PolicyName: 'p', PolicyDocument })
    const wrong = [
      '{}',
      'no json',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*"}}',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":"*"}}',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"everything","Resource":"*"}}',
    ]
    for (const document of wrong) await refused(put(document), 'MalformedPolicyDocumentException')
  })

  test('have 2048 characters in all, white space not counted', async () => {
    const { iam } = house.root
    await iam.createUser({ UserName: 'wordy' })
    const sized = (count: number) => {
      const sid = (letters: string) =>
        JSON.stringify({
          Version: '2012-10-17',
          Statement: { Sid: letters, Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' },
        })
      return sid('x'.repeat(count - sid('').length))
    }
    const put = (PolicyName: string, PolicyDocument: string) =>
      iam.putUserPolicy({ UserName: 'wordy', PolicyName, PolicyDocument })
    await put('one', `${sized(1024)}${' '.repeat(2000)}`)
    await refused(put('two', sized(1025)), 'LimitExceededException')
    await put('two', sized(1024))
    await put('one', sized(1023))
  })
})

describe('whoever nothing allows to administer users', () => {
  test('is told so for each operation, in AWS’s words', async () => {
    const stranger = await house.user('stranger')
    const victim = await house.user('victim')
    const { iam } = stranger
    const UserName = 'victim'
    const PolicyName = 'p'
    const calls = {
      'iam:GetUser': iam.getUser({ UserName }),
      'iam:DeleteUser': iam.deleteUser({ UserName }),
      'iam:CreateAccessKey': iam.createAccessKey({ UserName }),
      'iam:DeleteAccessKey': iam.deleteAccessKey({ UserName, AccessKeyId: victim.credentials.accessKeyId }),
      'iam:PutUserPolicy': iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policy }),
      'iam:GetUserPolicy': iam.getUserPolicy({ UserName, PolicyName }),
      'iam:DeleteUserPolicy': iam.deleteUserPolicy({ UserName, PolicyName }),
    }
    for (const [action, call] of Object.entries(calls)) {
      await refused(call, 'AccessDenied', denial(stranger, action, 'user victim', noIdentityPolicy(action)))
    }
    await refused(
      iam.createUser({ UserName: 'accomplice' }),
      'AccessDenied',
      denial(
        stranger,
        'iam:CreateUser',
        `arn:aws:iam::${account}:user/accomplice`,
        noIdentityPolicy('iam:CreateUser'),
      ),
    )
  })

  test('cannot make themselves an administrator', async () => {
    const user = await house.user('ambitious', 'kms:*')
    await refused(
      user.iam.putUserPolicy({
        UserName: 'ambitious',
        PolicyName: 'p',
        PolicyDocument: allow(['*'], { on: '*' }),
      }),
      'AccessDenied',
    )
  })
})

test('users, their access keys and policies are there after a start of the service', async () => {
  const own = await serve()
  const user = await own.user('kept', 'kms:Encrypt')
  const { id } = await newKey(own.root)
  await own.restart()
  await user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
  expect((await own.root.iam.getUser({ UserName: 'kept' })).User?.UserId).toBe(user.userId)
  await own.close()
})

test('operations of IAM that are not served yet are refused by name', async () => {
  await refused(
    house.root.iam.listSAMLProviders({}),
    'UnsupportedOperation',
    'ListSAMLProviders is not supported.',
  )
})
