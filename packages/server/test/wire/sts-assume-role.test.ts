import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import {
  account,
  answerOf,
  newKey,
  type Person,
  refused,
  rootArn,
  type Serving,
  serve,
  type User,
} from '../serving.ts'
import { allowing, assume, holderOf, newRole, trusting } from '../sessions.ts'

let house: Serving
let alice: User
beforeAll(async () => {
  house = await serve()
  alice = await house.user('alice', 'sts:*')
})
afterAll(() => house.close())

const plainDenial = (who: { arn: string }, action: string, role: string) =>
  `User: ${who.arn} is not authorized to perform: ${action} on resource: ${role}`

describe('a role', () => {
  test('is assumed by whom its trust policy names, and a session is told who it is', async () => {
    const role = await newRole(house.root, 'App', trusting({ AWS: alice.arn }), 'kms:ListKeys')
    const answer = await alice.sts.assumeRole({ RoleArn: role, RoleSessionName: 'morning' })
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/App/morning`)
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:morning$/)
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(answer.Credentials?.Expiration?.getTime()).toBe(house.clock.now() + 3_600_000)
    expect(answer.PackedPolicySize).toBeUndefined()
    const session = holderOf(house, answer)
    expect(await answerOf(session.sts.getCallerIdentity({}))).toEqual({
      Account: account,
      Arn: `arn:aws:sts::${account}:assumed-role/App/morning`,
      UserId: answer.AssumedRoleUser?.AssumedRoleId,
    })
    expect((await session.kms.listKeys({})).Keys).toEqual([])
    await refused(session.kms.listAliases({}), 'AccessDeniedException', /no identity-based policy allows/)
  })

  test('that names its account is assumed by whom an identity policy allows it, and by nobody else', async () => {
    const role = await newRole(house.root, 'Shared', trusting({ AWS: rootArn }))
    const bob = await house.user('bob')
    await assume(house, alice, { RoleArn: role })
    await refused(
      assume(house, bob, { RoleArn: role }),
      'AccessDenied',
      plainDenial(bob, 'sts:AssumeRole', role),
    )
  })

  test('that is not there is refused in the words of one that is not for the caller', async () => {
    const carol = await house.user('carol', 'sts:*')
    const role = await newRole(house.root, 'Private', trusting({ AWS: alice.arn }))
    for (const arn of [role, `arn:aws:iam::${account}:role/Nowhere`, 'arn:aws:iam::999999999999:role/Far']) {
      await refused(
        assume(house, carol, { RoleArn: arn }),
        'AccessDenied',
        plainDenial(carol, 'sts:AssumeRole', arn),
      )
    }
  })

  test('is not for a root user', async () => {
    const role = await newRole(house.root, 'NotForRoot', trusting({ AWS: rootArn }))
    await refused(
      assume(house, house.root, { RoleArn: role }),
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
    )
  })

  test('says when it was last used', async () => {
    const role = await newRole(house.root, 'Used', trusting({ AWS: alice.arn }))
    const session = await assume(house, alice, { RoleArn: role })
    await session.sts.getCallerIdentity({})
    const { Role } = await house.root.iam.getRole({ RoleName: 'Used' })
    expect(Role?.RoleLastUsed).toEqual({ LastUsedDate: new Date(house.clock.now()), Region: 'us-east-1' })
  })

  test.each([
    ['sts:ExternalId', 'tenant-7', { ExternalId: 'tenant-7' }, { ExternalId: 'tenant-8' }],
    ['sts:RoleSessionName', 'alice', { RoleSessionName: 'alice' }, { RoleSessionName: 'bob' }],
    [
      'aws:RequestTag/team',
      'blue',
      { Tags: [{ Key: 'Team', Value: 'blue' }] },
      { Tags: [{ Key: 'Team', Value: 'red' }] },
    ],
    ['sts:SourceIdentity', 'alice', { SourceIdentity: 'alice' }, { SourceIdentity: 'bob' }],
    ['sts:DurationSeconds', '900', { DurationSeconds: 900 }, { DurationSeconds: 901 }],
  ])('may ask about %s', async (key, value, right, wrong) => {
    const operator = key === 'sts:DurationSeconds' ? 'NumericEquals' : 'StringEquals'
    const name = `Asks-${key.replace(/\W/g, '-')}`
    const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
    const role = await newRole(
      house.root,
      name,
      trusting({ AWS: alice.arn }, { [operator]: { [key]: value } }, actions),
    )
    await assume(house, alice, { RoleArn: role, ...right })
    await refused(assume(house, alice, { RoleArn: role, ...wrong }), 'AccessDenied')
    if (key !== 'sts:DurationSeconds') await refused(assume(house, alice, { RoleArn: role }), 'AccessDenied')
  })

  test('may ask which tags are transitive', async () => {
    const condition = { 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['Team'] } }
    const role = await newRole(
      house.root,
      'AsksTransitive',
      trusting({ AWS: alice.arn }, condition, ['sts:AssumeRole', 'sts:TagSession']),
    )
    const Tags = ['Team', 'Stage'].map((Key) => ({ Key, Value: 'blue' }))
    await assume(house, alice, { RoleArn: role, Tags, TransitiveTagKeys: ['Team'] })
    await refused(
      assume(house, alice, { RoleArn: role, Tags, TransitiveTagKeys: ['Team', 'Stage'] }),
      'AccessDenied',
    )
  })
})

describe('a session', () => {
  test('lasts as long as was asked for, and its credentials are expired then', async () => {
    const role = await newRole(house.root, 'Brief', trusting({ AWS: alice.arn }), 'kms:ListKeys')
    const session = await assume(house, alice, { RoleArn: role, DurationSeconds: 900 })
    house.clock.advance(899_000)
    await session.kms.listKeys({})
    house.clock.advance(1_000)
    await refused(
      session.kms.listKeys({}),
      'ExpiredTokenException',
      'The security token included in the request is expired',
    )
    await refused(session.sts.getCallerIdentity({}), 'ExpiredToken')
  })

  test('is not longer than its role allows', async () => {
    const role = await newRole(house.root, 'Longer', trusting({ AWS: alice.arn }))
    const asked = { RoleArn: role, DurationSeconds: 7200 }
    await refused(
      assume(house, alice, asked),
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
    await house.root.iam.updateRole({ RoleName: 'Longer', MaxSessionDuration: 7200 })
    await assume(house, alice, asked)
  })

  test('does no more than a policy that was passed, inline or managed', async () => {
    const role = await newRole(
      house.root,
      'Wide',
      trusting({ AWS: alice.arn }),
      'kms:ListKeys',
      'kms:ListAliases',
    )
    const { Policy } = await house.root.iam.createPolicy({
      PolicyName: 'OnlyAliases',
      PolicyDocument: allowing('kms:ListAliases'),
    })
    const PolicyArns = [{ arn: Policy?.Arn }]
    const inline = await assume(house, alice, { RoleArn: role, Policy: allowing('kms:ListKeys') })
    await inline.kms.listKeys({})
    await refused(inline.kms.listAliases({}), 'AccessDeniedException', /no session policy allows/)
    const managed = await assume(house, alice, { RoleArn: role, PolicyArns })
    await managed.kms.listAliases({})
    await refused(managed.kms.listKeys({}), 'AccessDeniedException', /no session policy allows/)

    await house.root.iam.createPolicyVersion({
      PolicyArn: String(Policy?.Arn),
      PolicyDocument: allowing('kms:ListKeys'),
      SetAsDefault: true,
    })
    await managed.kms.listKeys({})
    await refused(managed.kms.listAliases({}), 'AccessDeniedException')

    await refused(
      assume(house, alice, {
        RoleArn: role,
        PolicyArns: [{ arn: `arn:aws:iam::${account}:policy/Nowhere` }],
      }),
      'ValidationError',
    )
    await refused(assume(house, alice, { RoleArn: role, Policy: '{}' }), 'MalformedPolicyDocumentException')
  })

  test('says how much room its policies and tags take, and has not room for all that is allowed', async () => {
    const trust = trusting({ AWS: alice.arn }, undefined, ['sts:AssumeRole', 'sts:TagSession'])
    const role = await newRole(house.root, 'Packed', trust)
    const { PackedPolicySize } = await alice.sts.assumeRole({
      RoleArn: role,
      RoleSessionName: 'session',
      Policy: allowing('kms:*'),
    })
    expect(PackedPolicySize).toBeGreaterThan(0)
    expect(PackedPolicySize).toBeLessThan(20)
    const letter = (index: number) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))
    const word = (from: number) => Array.from({ length: 256 }, (_, index) => letter(from + index)).join('')
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `key-${index}`,
      Value: word(index * 1000),
    }))
    await refused(
      assume(house, alice, { RoleArn: role, Tags }),
      'PackedPolicyTooLargeException',
      /^Packed policy consumes \d+% of allotted space, please use smaller policy\.$/,
    )
  })

  test('has tags of its own above those of its role', async () => {
    const condition = { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } }
    const trust = trusting({ AWS: alice.arn }, undefined, ['sts:AssumeRole', 'sts:TagSession'])
    const role = await newRole(house.root, 'Tagged', trust)
    await house.root.iam.tagRole({ RoleName: 'Tagged', Tags: [{ Key: 'team', Value: 'red' }] })
    const statement = { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*', Condition: condition }
    await house.root.iam.putRolePolicy({
      RoleName: 'Tagged',
      PolicyName: 'blue-only',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    })
    const red = await assume(house, alice, { RoleArn: role })
    await refused(red.kms.listKeys({}), 'AccessDeniedException')
    const blue = await assume(house, alice, { RoleArn: role, Tags: [{ Key: 'Team', Value: 'blue' }] })
    await blue.kms.listKeys({})
  })

  test('is not tagged by whom the trust policy lets do no more than assume the role', async () => {
    const role = await newRole(house.root, 'Untagged', trusting({ AWS: alice.arn }))
    await refused(
      assume(house, alice, { RoleArn: role, Tags: [{ Key: 'Team', Value: 'blue' }] }),
      'AccessDenied',
      plainDenial(alice, 'sts:TagSession', role),
    )
    await refused(
      assume(house, alice, { RoleArn: role, SourceIdentity: 'alice' }),
      'AccessDenied',
      plainDenial(alice, 'sts:SetSourceIdentity', role),
    )
  })

  test('hands on its transitive tags and its source identity, and nothing else', async () => {
    const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
    const first = await newRole(
      house.root,
      'First',
      trusting({ AWS: alice.arn }, undefined, actions),
      'sts:*',
    )
    const second = await newRole(house.root, 'Second', trusting({ AWS: first }, undefined, actions))
    await house.root.iam.putRolePolicy({
      RoleName: 'Second',
      PolicyName: 'what-was-handed-on',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'kms:ListKeys',
            Resource: '*',
            Condition: {
              StringEquals: { 'aws:PrincipalTag/Team': 'blue', 'aws:SourceIdentity': 'alice' },
              Null: { 'aws:PrincipalTag/Stage': 'true' },
            },
          },
        ],
      }),
    })
    const Tags = ['Team', 'Stage'].map((Key) => ({ Key, Value: 'blue' }))
    const one = await assume(house, alice, {
      RoleArn: first,
      Tags,
      TransitiveTagKeys: ['Team'],
      SourceIdentity: 'alice',
    })
    const two = await assume(house, one, { RoleArn: second })
    await two.kms.listKeys({})
    await refused(
      assume(house, one, { RoleArn: second, Tags: [{ Key: 'team', Value: 'red' }] }),
      'ValidationError',
      /conflicts with a transitive tag key from the calling session/,
    )
    await refused(assume(house, one, { RoleArn: second, SourceIdentity: 'mallory' }), 'AccessDenied')
  })

  test('of a session lasts an hour at most', async () => {
    const first = await newRole(house.root, 'ChainFirst', trusting({ AWS: alice.arn }), 'sts:AssumeRole')
    const second = await newRole(house.root, 'ChainSecond', trusting({ AWS: first }))
    await house.root.iam.updateRole({ RoleName: 'ChainSecond', MaxSessionDuration: 43_200 })
    const one = await assume(house, alice, { RoleArn: first })
    await assume(house, one, { RoleArn: second, DurationSeconds: 3600 })
    await refused(
      assume(house, one, { RoleArn: second, DurationSeconds: 3601 }),
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  })

  test('is nobody’s without its token, with another token, or with a token that was changed', async () => {
    const role = await newRole(house.root, 'Sealed', trusting({ AWS: alice.arn }))
    const one = await assume(house, alice, { RoleArn: role })
    const other = await assume(house, alice, { RoleArn: role })
    const token = String(one.credentials.sessionToken)
    const { accessKeyId, secretAccessKey } = one.credentials
    const changed = `${token.slice(0, 60)}${token[60] === 'A' ? 'B' : 'A'}${token.slice(61)}`
    const tries: Person['credentials'][] = [
      { accessKeyId, secretAccessKey },
      { ...one.credentials, sessionToken: String(other.credentials.sessionToken) },
      { ...one.credentials, sessionToken: changed },
      { ...one.credentials, sessionToken: 'not-a-token' },
      { ...alice.credentials, sessionToken: token },
    ]
    for (const credentials of tries) {
      const person = house.person('nobody', credentials)
      await refused(
        person.kms.listKeys({}),
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      )
    }
    const forged = house.person('nobody', {
      ...one.credentials,
      secretAccessKey: alice.credentials.secretAccessKey,
    })
    await refused(forged.kms.listKeys({}), 'InvalidSignatureException')
  })

  test('goes on after the service was started anew', async () => {
    const role = await newRole(house.root, 'Lasting', trusting({ AWS: alice.arn }), 'kms:ListKeys')
    const session = await assume(house, alice, { RoleArn: role })
    await house.restart()
    await session.kms.listKeys({})
  })
})

describe('records', () => {
  test('show who assumed what for whom, and neither secret nor token', async () => {
    const trust = trusting({ AWS: alice.arn }, undefined, ['sts:AssumeRole', 'sts:SetSourceIdentity'])
    const role = await newRole(house.root, 'Recorded', trust, 'kms:DescribeKey')
    const key = await newKey(house.root)
    const session = await assume(house, alice, { RoleArn: role, SourceIdentity: 'alice' })
    await session.kms.describeKey({ KeyId: key.id })
    const records = await recordsIn(house.dataDir)
    const assumed = records.findLast(({ eventName }) => eventName === 'AssumeRole')
    expect(assumed).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      readOnly: true,
      userIdentity: { type: 'IAMUser', userName: 'alice' },
      requestParameters: { roleArn: role, roleSessionName: 'session', sourceIdentity: 'alice' },
      responseElements: {
        credentials: { accessKeyId: session.credentials.accessKeyId },
        assumedRoleUser: { arn: session.arn },
      },
    })
    const used = records.findLast(({ eventName }) => eventName === 'DescribeKey')
    expect(used?.userIdentity).toMatchObject({
      type: 'AssumedRole',
      arn: session.arn,
      accessKeyId: session.credentials.accessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: role, accountId: account, userName: 'Recorded' },
        attributes: {
          creationDate: `${new Date(house.clock.now()).toISOString().slice(0, 19)}Z`,
          mfaAuthenticated: 'false',
        },
        sourceIdentity: 'alice',
      },
    })
    const text = JSON.stringify(records)
    expect(text).not.toContain(session.credentials.secretAccessKey)
    expect(text).not.toContain(session.credentials.sessionToken)
  })
})
