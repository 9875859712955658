import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { type MemberAccount, memberAccount } from '../member-account.ts'
import {
  account,
  answerOf,
  newKey,
  type Person,
  refused,
  rootCredentials,
  type Serving,
  serve,
  type User,
} from '../serving.ts'

let house: Serving
let member: MemberAccount
let mona: User
let organizationId: string
beforeAll(async () => {
  house = await serve()
  member = await memberAccount(house, 'tenant')
  mona = await house.user('mona', 'sts:AssumeRoot')
  organizationId = String((await house.root.organizations.describeOrganization({})).Organization?.Id)
})
afterAll(() => house.close())

const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` })
const audit = task('IAMAuditRootUserCredentials')

/** Whoever has a session as the root user of an account for a task. */
async function rootFor(
  { sts }: Pick<Person, 'sts'>,
  TaskPolicyArn = audit,
  more: object = {},
): Promise<Person> {
  const asked = { TargetPrincipal: member.id, TaskPolicyArn, ...more }
  const { Credentials } = await sts.assumeRoot(asked)
  return house.person(member.rootArn, {
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
}

const notAuthorized = (who: { arn: string }, target: string) =>
  `User: ${who.arn} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::${target}:root`

test('what the management account may be root for is switched on and off, by the management account', async () => {
  const { iam } = house.root
  const features = async () => (await answerOf(iam.listOrganizationsFeatures({}))).EnabledFeatures
  expect(await features()).toEqual([])
  expect(await answerOf(iam.enableOrganizationsRootSessions({}))).toEqual({
    OrganizationId: organizationId,
    EnabledFeatures: ['RootSessions'],
  })
  await iam.enableOrganizationsRootCredentialsManagement({})
  await iam.enableOrganizationsRootCredentialsManagement({})
  expect(await features()).toEqual(['RootCredentialsManagement', 'RootSessions'])
  await iam.disableOrganizationsRootCredentialsManagement({})
  await iam.disableOrganizationsRootSessions({})
  expect(await features()).toEqual([])
  await refused(
    member.administrator.iam.enableOrganizationsRootSessions({}),
    'CallerIsNotManagementAccountException',
  )
  await refused(
    member.administrator.iam.listOrganizationsFeatures({}),
    'AccountNotManagementOrDelegatedAdministratorException',
  )
  await refused(mona.iam.enableOrganizationsRootSessions({}), 'AccessDenied')
})

test('nobody is root of a member account before that was switched on', async () => {
  await refused(rootFor(mona), 'AccessDenied', notAuthorized(mona, member.id))
  await house.root.iam.enableOrganizationsRootSessions({})
  await refused(rootFor(mona), 'AccessDenied', notAuthorized(mona, member.id))
  await house.root.iam.disableOrganizationsRootSessions({})
})

describe('a session as the root user of a member account', () => {
  beforeAll(async () => {
    await house.root.iam.enableOrganizationsRootCredentialsManagement({})
  })

  test('sees that the root user has no credentials, and does nothing else', async () => {
    const root = await rootFor(mona)
    expect(await answerOf(root.sts.getCallerIdentity({}))).toEqual({
      Account: member.id,
      Arn: member.rootArn,
      UserId: member.id,
    })
    expect((await root.iam.getUser({})).User?.Arn).toBe(member.rootArn)
    expect(await answerOf(root.iam.listAccessKeys({}))).toEqual({ AccessKeyMetadata: [], IsTruncated: false })
    expect(await answerOf(root.iam.listMFADevices({}))).toEqual({ MFADevices: [], IsTruncated: false })
    expect((await root.iam.getAccountSummary({})).SummaryMap).toMatchObject({ AccountAccessKeysPresent: 0 })

    const key = await newKey(member.administrator)
    const bySession = /with an explicit deny in a session policy/
    await refused(root.kms.describeKey({ KeyId: key.id }), 'AccessDeniedException', bySession)
    await refused(root.iam.listUsers({}), 'AccessDenied', bySession)
    await member.user('mia')
    await refused(root.iam.listAccessKeys({ UserName: 'mia' }), 'AccessDenied', bySession)
  })

  test('lasts a quarter of an hour at most', async () => {
    const root = await rootFor(mona, audit, { TargetPrincipal: member.rootArn })
    await refused(rootFor(mona, audit, { DurationSeconds: 901 }), 'ValidationError')
    house.clock.advance(899_000)
    await root.iam.listAccessKeys({})
    house.clock.advance(1_000)
    await refused(root.iam.listAccessKeys({}), 'ExpiredToken')
  })

  test('is for one of AWS’s tasks, and needs what that task needs', async () => {
    const powerful = { arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }
    await refused(rootFor(mona, powerful), 'ValidationError', /is not the policy of a root task/)
    await refused(rootFor(mona, task('S3UnlockBucketPolicy')), 'AccessDenied')
    await house.root.iam.enableOrganizationsRootSessions({})
    const root = await rootFor(mona, task('S3UnlockBucketPolicy'))
    await refused(root.iam.listAccessKeys({}), 'AccessDenied')
  })

  test('is had by whom a policy lets, for the tasks that it names (sts:TaskPolicyArn)', async () => {
    const auditor = await house.user('auditor')
    await refused(rootFor(auditor), 'AccessDenied', notAuthorized(auditor, member.id))
    await house.root.iam.putUserPolicy({
      UserName: 'auditor',
      PolicyName: 'audit',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoot',
            Resource: member.rootArn,
            Condition: { ArnEquals: { 'sts:TaskPolicyArn': audit.arn } },
          },
        ],
      }),
    })
    await rootFor(auditor)
    await refused(rootFor(auditor, task('IAMDeleteRootUserCredentials')), 'AccessDenied')
  })

  test('is not had by a root user, by another account, of the management account, or of no account', async () => {
    await refused(rootFor(house.root), 'AccessDenied')
    const tess = await member.user('tess', 'sts:AssumeRoot')
    await refused(rootFor(tess), 'AccessDenied')
    for (const TargetPrincipal of [account, '999999999999']) {
      await refused(
        rootFor(mona, audit, { TargetPrincipal }),
        'AccessDenied',
        notAuthorized(mona, TargetPrincipal),
      )
    }
    await refused(rootFor(mona, audit, { TargetPrincipal: 'somebody-else' }), 'ValidationError')
  })

  test('is on the record as what it is', async () => {
    const root = await rootFor(mona)
    await root.iam.listAccessKeys({})
    const records = await recordsIn(house.dataDir)
    expect(records.findLast(({ eventName }) => eventName === 'AssumeRoot')).toMatchObject({
      userIdentity: { type: 'IAMUser', userName: 'mona' },
      requestParameters: { targetPrincipal: member.id, taskPolicyArn: audit },
      responseElements: { credentials: { accessKeyId: root.credentials.accessKeyId } },
    })
    expect(records.findLast(({ eventName }) => eventName === 'ListAccessKeys')).toMatchObject({
      userIdentity: {
        type: 'Root',
        arn: member.rootArn,
        accountId: member.id,
        sessionContext: { assumedRoot: 'true' },
      },
    })
    expect(JSON.stringify(records)).not.toContain(root.credentials.secretAccessKey)
  })
})

test('a root user with credentials of its own lists them without a name', async () => {
  const { AccessKeyMetadata } = await house.root.iam.listAccessKeys({})
  expect(AccessKeyMetadata?.map(({ AccessKeyId, UserName }) => [AccessKeyId, UserName])).toEqual([
    [rootCredentials.accessKeyId, undefined],
  ])
})
