import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allow,
  answerOf,
  bytes,
  denial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  noKeyPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const malformed = 'MalformedPolicyDocumentException'
const invalidPrincipal = 'Policy contains a statement with one or more invalid principals.'
const lockout = 'The new key policy will not allow you to update the key policy in the future.'

/** A key policy of these statements alone. */
const only = (...statements: readonly object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
  })

describe('a key made without a key policy', () => {
  test('has AWS’s default one, to the letter', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    expect(await answerOf(kms.getKeyPolicy({ KeyId: id }))).toEqual({
      Policy: `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111122223333:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`,
      PolicyName: 'default',
    })
  })

  test('leaves it to identity policies who else may use it', async () => {
    const { id, arn } = await newKey(house.root)
    const [alice, bob] = [await house.user('alice', 'kms:Encrypt'), await house.user('bob')]
    await alice.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await refused(
      bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }),
      'AccessDeniedException',
      denial(bob, 'kms:Encrypt', arn, noIdentityPolicy('kms:Encrypt')),
    )
  })
})

describe('the key policy', () => {
  test('is one per key and called default', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    expect(await answerOf(kms.listKeyPolicies({ KeyId: id }))).toEqual({
      PolicyNames: ['default'],
      Truncated: false,
    })
    await kms.getKeyPolicy({ KeyId: id, PolicyName: 'default' })
    const text = 'No such policy exists'
    await refused(kms.getKeyPolicy({ KeyId: id, PolicyName: 'second' }), 'NotFoundException', text)
    await refused(
      kms.putKeyPolicy({ KeyId: id, PolicyName: 'second', Policy: keyPolicy() }),
      'NotFoundException',
    )
  })

  test('is given back to the letter, and replaced whole', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const policies = [
      `  ${keyPolicy()}\n`,
      keyPolicy({ Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt' }),
    ]
    for (const Policy of policies) {
      expect(await answerOf(kms.putKeyPolicy({ KeyId: id, Policy }))).toEqual({})
      expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toBe(Policy)
    }
  })

  test('suffices for a user whom it names; and no identity policy helps where it does not delegate', async () => {
    const [named, other] = [await house.user('named'), await house.user('unnamed', 'kms:*')]
    const { id, arn } = await newKey(house.root, {
      BypassPolicyLockoutSafetyCheck: true,
      Policy: only({ Principal: { AWS: named.arn }, Action: 'kms:Encrypt' }),
    })
    await named.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    for (const who of [other, house.root]) {
      await refused(
        who.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }),
        'AccessDeniedException',
        denial(who, 'kms:Encrypt', arn, noKeyPolicy('kms:Encrypt')),
      )
    }
  })

  test('takes effect at once, and lets go at once', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const bob = await house.user('at-once')
    const encrypt = () => bob.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const naming = keyPolicy({ Effect: 'Allow', Principal: { AWS: bob.arn }, Action: 'kms:Encrypt' })
    for (let round = 0; round < 3; round += 1) {
      await kms.putKeyPolicy({ KeyId: id, Policy: naming })
      await encrypt()
      await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() })
      await refused(encrypt(), 'AccessDeniedException')
    }
  })

  test('can keep administrators from using a key and users from administering it', async () => {
    const [admin, user] = [await house.user('admin'), await house.user('user')]
    const { id } = await newKey(house.root, {
      Policy: keyPolicy(
        { Effect: 'Allow', Principal: { AWS: admin.arn }, Action: ['kms:Put*', 'kms:Get*', 'kms:Disable*'] },
        { Effect: 'Allow', Principal: { AWS: user.arn }, Action: ['kms:Encrypt', 'kms:Decrypt'] },
      ),
    })
    await admin.kms.getKeyPolicy({ KeyId: id })
    await refused(admin.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    await user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await refused(user.kms.disableKey({ KeyId: id }), 'AccessDeniedException')
    await admin.kms.disableKey({ KeyId: id })
  })

  test('is read and put only by those who may', async () => {
    const { id, arn } = await newKey(house.root)
    const stranger = await house.user('stranger')
    const { kms } = stranger
    const calls = {
      'kms:GetKeyPolicy': kms.getKeyPolicy({ KeyId: id }),
      'kms:PutKeyPolicy': kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() }),
      'kms:ListKeyPolicies': kms.listKeyPolicies({ KeyId: id }),
    }
    for (const [action, call] of Object.entries(calls)) {
      await refused(call, 'AccessDeniedException', denial(stranger, action, arn, noIdentityPolicy(action)))
    }
  })
})

describe('a key policy that would lock its author out', () => {
  test('is refused, when made and when put, and the old one stays', async () => {
    const { kms } = house.root
    const bob = await house.user('lockout-bob')
    const Policy = only({ Principal: { AWS: bob.arn }, Action: 'kms:*' })
    await refused(kms.createKey({ Policy }), malformed, lockout)
    const { id } = await newKey(house.root)
    const before = (await kms.getKeyPolicy({ KeyId: id })).Policy
    await refused(kms.putKeyPolicy({ KeyId: id, Policy }), malformed, lockout)
    expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toBe(before)
  })

  test('is one that only delegates, to an author whose identity policies do not allow PutKeyPolicy', async () => {
    const author = await house.user('author', 'kms:CreateKey')
    await refused(author.kms.createKey({ Policy: keyPolicy() }), malformed, lockout)
    await house.root.iam.putUserPolicy({
      UserName: 'author',
      PolicyName: 'putting',
      PolicyDocument: allow(['kms:PutKeyPolicy'], { on: '*' }),
    })
    await newKey(author, { Policy: keyPolicy() })
  })

  test('is one that denies the author what it allows', async () => {
    const Policy = keyPolicy({ Effect: 'Deny', Principal: { AWS: rootArn }, Action: 'kms:PutKeyPolicy' })
    await refused(house.root.kms.createKey({ Policy }), malformed, lockout)
  })

  test('is taken when the author says that this is meant', async () => {
    const { kms } = house.root
    const bob = await house.user('heir')
    const { id, arn } = await newKey(house.root)
    const Policy = only({ Principal: { AWS: bob.arn }, Action: 'kms:*' })
    await kms.putKeyPolicy({ KeyId: id, Policy, BypassPolicyLockoutSafetyCheck: true })
    const action = 'kms:PutKeyPolicy'
    await refused(
      kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() }),
      'AccessDeniedException',
      denial(house.root, action, arn, noKeyPolicy(action)),
    )
    await bob.kms.putKeyPolicy({
      KeyId: id,
      Policy: only({ Principal: { AWS: [bob.arn, rootArn] }, Action: 'kms:*' }),
    })
    await kms.getKeyPolicy({ KeyId: id })
  })

  test('can be forbidden to be meant, by a condition on the bypass', async () => {
    const author = await house.user('careful-author', 'kms:*')
    await house.root.iam.putUserPolicy({
      UserName: 'careful-author',
      PolicyName: 'no-bypass',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Deny',
          Action: ['kms:CreateKey', 'kms:PutKeyPolicy'],
          Resource: '*',
          Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } },
        },
      }),
    })
    const { id } = await newKey(author)
    const bypassing = { Policy: keyPolicy(), BypassPolicyLockoutSafetyCheck: true }
    await refused(author.kms.createKey(bypassing), 'AccessDeniedException')
    await refused(author.kms.putKeyPolicy({ KeyId: id, ...bypassing }), 'AccessDeniedException')
    await author.kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() })
  })
})

describe('a key policy is refused', () => {
  const put = async (Policy: string) => {
    const { id } = await newKey(house.root)
    return house.root.kms.putKeyPolicy({ KeyId: id, Policy })
  }
  const naming = (Principal: unknown) => keyPolicy({ Effect: 'Allow', Principal, Action: 'kms:Decrypt' })

  test('when it names somebody who is not there', async () => {
    const nobodies = [
      { AWS: `arn:aws:iam::${account}:user/nobody` },
      { AWS: `arn:aws:iam::${account}:role/nobody` },
      { AWS: [rootArn, `arn:aws:iam::${account}:user/nobody`] },
      { AWS: 'arn:aws:iam::444455556666:root' },
      { AWS: '444455556666' },
      { AWS: 'AIDAIOSFODNN7EXAMPLE1' },
      { AWS: `arn:aws:iam::${account}:group/admins` },
    ]
    for (const nobody of nobodies) {
      await refused(put(naming(nobody)), malformed, invalidPrincipal)
      await refused(house.root.kms.createKey({ Policy: naming(nobody) }), malformed, invalidPrincipal)
    }
  })

  test('not when it names the account by its digits, everybody, or a service', async () => {
    for (const Principal of [{ AWS: account }, { AWS: '*' }, '*', { Service: 's3.amazonaws.com' }]) {
      await put(naming(Principal))
    }
  })

  test('when it is no JSON, no policy, or a policy without a principal', async () => {
    const wrong = [
      'not json',
      '[]',
      '{}',
      '{"Version":"2012-10-17","Statement":[]',
      only({ Action: 'kms:*' }),
      only({ Principal: '*', Action: 'kms:*', Effect: 'Perhaps' }),
      JSON.stringify({ Version: '1999-01-01', Statement: [] }),
    ]
    for (const policy of wrong) await refused(put(policy), malformed)
  })

  test('when it is larger than 32 KB', async () => {
    const filled = (count: number) => {
      const policy = keyPolicy()
      return policy + ' '.repeat(count - policy.length)
    }
    await put(filled(32_768))
    await refused(put(filled(32_769)), 'LimitExceededException')
    await refused(put(filled(131_073)), 'ValidationException', /'policy'.*less than or equal to 131072$/)
    await refused(put(''), 'ValidationException', /'policy'.*greater than or equal to 1$/)
  })

  test('when it has letters beyond Latin-1', async () => {
    await put(keyPolicy({ Sid: 'schlüssel', Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt' }))
    await refused(
      put(keyPolicy({ Sid: '鍵', Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt' })),
      'ValidationException',
    )
  })
})

describe('a user in a key policy', () => {
  test('is shown by unique id once deleted, and whoever gets the name later is not meant', async () => {
    const { kms, iam } = house.root
    const first = await house.user('same-name')
    const { id } = await newKey(house.root)
    const Policy = keyPolicy({ Effect: 'Allow', Principal: { AWS: first.arn }, Action: 'kms:Encrypt' })
    await kms.putKeyPolicy({ KeyId: id, Policy })
    await first.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })

    const { accessKeyId: AccessKeyId } = first.credentials
    await iam.deleteAccessKey({ UserName: 'same-name', AccessKeyId })
    await iam.deleteUser({ UserName: 'same-name' })
    const shown = (await kms.getKeyPolicy({ KeyId: id })).Policy
    expect(shown).toBe(Policy.replace(first.arn, first.userId))
    await refused(kms.putKeyPolicy({ KeyId: id, Policy: String(shown) }), malformed, invalidPrincipal)

    const second = await house.user('same-name')
    expect([second.arn, second.userId === first.userId]).toEqual([first.arn, false])
    await refused(second.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toBe(shown)

    await kms.putKeyPolicy({ KeyId: id, Policy })
    await second.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
  })

  test('is not meant by the same name in another path', async () => {
    const { id } = await newKey(house.root)
    await house.user('pathless')
    const Principal = { AWS: `arn:aws:iam::${account}:user/team/pathless` }
    await refused(
      house.root.kms.putKeyPolicy({
        KeyId: id,
        Policy: keyPolicy({ Effect: 'Allow', Principal, Action: 'kms:Encrypt' }),
      }),
      malformed,
      invalidPrincipal,
    )
  })

  test('stays bound to who it was when the service is started anew', async () => {
    const own = await serve()
    const first = await own.user('same-name')
    const { id } = await newKey(own.root, {
      Policy: keyPolicy({ Effect: 'Allow', Principal: { AWS: first.arn }, Action: 'kms:Encrypt' }),
    })
    const { accessKeyId: AccessKeyId } = first.credentials
    await own.root.iam.deleteAccessKey({ UserName: 'same-name', AccessKeyId })
    await own.root.iam.deleteUser({ UserName: 'same-name' })
    const second = await own.user('same-name')
    await own.restart()
    await refused(second.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }), 'AccessDeniedException')
    expect((await own.root.kms.getKeyPolicy({ KeyId: id })).Policy).toContain(first.userId)
    await own.close()
  })
})
