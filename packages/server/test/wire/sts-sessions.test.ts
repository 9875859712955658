import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { newDevice } from '../authenticator.ts'
import {
  account,
  allow,
  answerOf,
  keyPolicy,
  newKey,
  type Person,
  refused,
  rootArn,
  rootCredentials,
  type Serving,
  serve,
} from '../serving.ts'
import { allowing, assume, newRole, trusting } from '../sessions.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

interface Given {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined
        readonly SecretAccessKey: string | undefined
        readonly SessionToken: string | undefined
        readonly Expiration: Date | undefined
      }
    | undefined
}

/** Whoever has the credentials of an answer. */
function holder({ Credentials }: Given, arn: string): Person {
  return house.person(arn, {
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
}

const secondsOf = ({ Credentials }: Given) =>
  (Number(Credentials?.Expiration?.getTime()) - house.clock.now()) / 1000

describe('a user’s own session', () => {
  test('is the user, for twelve hours unless another time is asked for', async () => {
    const anna = await house.user('anna', 'kms:ListKeys')
    const answer = await anna.sts.getSessionToken({})
    expect(secondsOf(answer)).toBe(43_200)
    expect(secondsOf(await anna.sts.getSessionToken({ DurationSeconds: 129_600 }))).toBe(129_600)
    const session = holder(answer, anna.arn)
    expect(await answerOf(session.sts.getCallerIdentity({}))).toEqual({
      Account: account,
      Arn: anna.arn,
      UserId: anna.userId,
    })
    await session.kms.listKeys({})
  })

  test('is an hour at most for a root user', async () => {
    expect(secondsOf(await house.root.sts.getSessionToken({}))).toBe(3600)
  })

  test('follows what the user may do, and ends with the access key that asked for it', async () => {
    const { iam } = house.root
    const bert = await house.user('bert', 'kms:ListKeys')
    const session = holder(await bert.sts.getSessionToken({}), bert.arn)
    await session.kms.listKeys({})
    await iam.deleteUserPolicy({ UserName: 'bert', PolicyName: 'allowing' })
    await refused(session.kms.listKeys({}), 'AccessDeniedException')
    const key = { UserName: 'bert', AccessKeyId: bert.credentials.accessKeyId }
    await iam.updateAccessKey({ ...key, Status: 'Inactive' })
    await refused(session.sts.getCallerIdentity({}), 'InvalidClientTokenId')
    await iam.updateAccessKey({ ...key, Status: 'Active' })
    await session.sts.getCallerIdentity({})
    await iam.deleteAccessKey(key)
    await refused(session.sts.getCallerIdentity({}), 'InvalidClientTokenId')
  })

  test('gets no session of its own, assumes roles, and calls IAM only with a second factor', async () => {
    const cora = await house.user('cora', 'iam:GetUser', 'sts:*')
    const device = await newDevice(house.root, 'cora', house.clock.now())
    house.clock.advance(60_000)
    const plain = holder(await cora.sts.getSessionToken({}), cora.arn)
    const TokenCode = device.app.codeAt(house.clock.now())
    const proven = holder(
      await cora.sts.getSessionToken({ SerialNumber: device.serialNumber, TokenCode }),
      cora.arn,
    )
    await refused(plain.iam.getUser({}), 'InvalidClientTokenId')
    expect((await proven.iam.getUser({})).User?.UserName).toBe('cora')
    for (const session of [plain, proven]) {
      await refused(
        session.sts.getSessionToken({}),
        'AccessDenied',
        'Cannot call GetSessionToken with session credentials',
      )
      await refused(session.sts.getFederationToken({ Name: 'sam' }), 'AccessDenied')
    }
    const role = await newRole(house.root, 'ForCora', trusting({ AWS: cora.arn }))
    await assume(house, plain, { RoleArn: role })
  })
})

describe('a federated user', () => {
  const name = 'sam'
  const arn = `arn:aws:sts::${account}:federated-user/${name}`

  test('may do what both the user who vouches and the passed policy allow', async () => {
    const dirk = await house.user('dirk', 'sts:GetFederationToken', 'kms:ListKeys', 'kms:ListAliases')
    const answer = await dirk.sts.getFederationToken({
      Name: name,
      Policy: allowing('kms:ListKeys', 'iam:*'),
    })
    expect(answer.FederatedUser).toEqual({ Arn: arn, FederatedUserId: `${account}:${name}` })
    expect(answer.PackedPolicySize).toBeGreaterThan(0)
    const sam = holder(answer, arn)
    expect(await answerOf(sam.sts.getCallerIdentity({}))).toEqual({
      Account: account,
      Arn: arn,
      UserId: `${account}:${name}`,
    })
    await sam.kms.listKeys({})
    await refused(sam.kms.listAliases({}), 'AccessDeniedException', /no session policy allows/)
    await refused(sam.iam.listUsers({}), 'InvalidClientTokenId')
    const records = await recordsIn(house.dataDir)
    expect(records.findLast(({ eventName }) => eventName === 'ListKeys')?.userIdentity).toMatchObject({
      type: 'FederatedUser',
      principalId: `${account}:${name}`,
      sessionContext: { sessionIssuer: { type: 'IAMUser', userName: 'dirk', principalId: dirk.userId } },
    })
  })

  test('without a passed policy may do what a key policy allows by its own name, and nothing else', async () => {
    const eva = await house.user('eva', 'sts:GetFederationToken', 'kms:*')
    const sam = holder(await eva.sts.getFederationToken({ Name: name }), arn)
    await refused(sam.kms.listKeys({}), 'AccessDeniedException')
    const named = { Effect: 'Allow', Principal: { AWS: arn }, Action: 'kms:DescribeKey' }
    const key = await newKey(house.root, { Policy: keyPolicy(named) })
    await sam.kms.describeKey({ KeyId: key.id })
  })

  test('is vouched for only by whom a policy lets', async () => {
    const finn = await house.user('finn')
    await refused(
      finn.sts.getFederationToken({ Name: name }),
      'AccessDenied',
      /on resource: .*federated-user\/sam/,
    )
  })
})

describe('GetAccessKeyInfo', () => {
  test('tells the account of an access key', async () => {
    const gerd = await house.user('gerd', 'sts:GetAccessKeyInfo')
    const { accessKeyId: AccessKeyId } = rootCredentials
    expect((await gerd.sts.getAccessKeyInfo({ AccessKeyId })).Account).toBe(account)
    const hugo = await house.user('hugo')
    await refused(hugo.sts.getAccessKeyInfo({ AccessKeyId }), 'AccessDenied')
    await refused(gerd.sts.getAccessKeyInfo({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }), 'ValidationError')
  })
})

test('a session can be denied everything by when it was given out', async () => {
  const inge = await house.user('inge', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Revoked', trusting({ AWS: rootArn }), 'kms:ListKeys')
  const before = await assume(house, inge, { RoleArn: role })
  house.clock.advance(10_000)
  const deny = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(house.clock.now()).toISOString() } },
  }
  await house.root.iam.putRolePolicy({
    RoleName: 'Revoked',
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
  })
  house.clock.advance(1_000)
  await refused(before.kms.listKeys({}), 'AccessDeniedException', /explicit deny in an identity-based policy/)
  const after = await assume(house, inge, { RoleArn: role })
  await after.kms.listKeys({})
})

test('a session ends with its role, whoever has the name next', async () => {
  const { iam } = house.root
  const jana = await house.user('jana', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Reborn', trusting({ AWS: rootArn }), 'kms:ListKeys')
  const old = await assume(house, jana, { RoleArn: role })
  await old.kms.listKeys({})
  await iam.deleteRolePolicy({ RoleName: 'Reborn', PolicyName: 'allowing' })
  await iam.deleteRole({ RoleName: 'Reborn' })
  await refused(old.kms.listKeys({}), 'UnrecognizedClientException')
  await newRole(house.root, 'Reborn', trusting({ AWS: rootArn }), 'kms:ListKeys')
  await refused(old.kms.listKeys({}), 'UnrecognizedClientException')
  await (await assume(house, jana, { RoleArn: role })).kms.listKeys({})
})

test('what a role may do counts for its sessions at once', async () => {
  const kurt = await house.user('kurt', 'sts:AssumeRole')
  const role = await newRole(house.root, 'Changing', trusting({ AWS: rootArn }))
  const session = await assume(house, kurt, { RoleArn: role })
  await refused(session.kms.listKeys({}), 'AccessDeniedException')
  const PolicyDocument = allow(['kms:ListKeys'], { on: '*' })
  await house.root.iam.putRolePolicy({ RoleName: 'Changing', PolicyName: 'now', PolicyDocument })
  await session.kms.listKeys({})
  await house.root.iam.deleteRolePolicy({ RoleName: 'Changing', PolicyName: 'now' })
  await refused(session.kms.listKeys({}), 'AccessDeniedException')
})
