import type { IAM } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, allow, answerOf, refused, rootArn, type Serving, serve } from '../serving.ts'

let house: Serving
let iam: IAM
beforeAll(async () => {
  house = await serve()
  iam = house.root.iam
})
afterAll(() => house.close())

test('an account has one name of its own at most', async () => {
  expect((await iam.listAccountAliases({})).AccountAliases).toEqual([])
  await iam.createAccountAlias({ AccountAlias: 'first-name' })
  await iam.createAccountAlias({ AccountAlias: 'second-name' })
  expect(await answerOf(iam.listAccountAliases({}))).toEqual({
    AccountAliases: ['second-name'],
    IsTruncated: false,
  })
  await refused(
    iam.deleteAccountAlias({ AccountAlias: 'first-name' }),
    'NoSuchEntityException',
    'The account alias first-name cannot be found.',
  )
  await iam.deleteAccountAlias({ AccountAlias: 'second-name' })
  expect((await iam.listAccountAliases({})).AccountAliases).toEqual([])
  await refused(iam.createAccountAlias({ AccountAlias: '-' }), 'ValidationError')
})

describe('an account with a user, a group, a role and policies', () => {
  const document = allow(['kms:ListKeys'], { on: '*' })
  const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
  let own = ''

  beforeAll(async () => {
    await house.user('alice', 'kms:Encrypt')
    await iam.createGroup({ GroupName: 'Staff' })
    await iam.putGroupPolicy({ GroupName: 'Staff', PolicyName: 'listing', PolicyDocument: document })
    await iam.addUserToGroup({ GroupName: 'Staff', UserName: 'alice' })
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'sts:AssumeRole' }],
    })
    await iam.createRole({ RoleName: 'App', AssumeRolePolicyDocument: trust })
    own = String((await iam.createPolicy({ PolicyName: 'Own', PolicyDocument: document })).Policy?.Arn)
    await iam.createPolicyVersion({ PolicyArn: own, PolicyDocument: document })
    await iam.attachRolePolicy({ RoleName: 'App', PolicyArn: own })
    await iam.attachGroupPolicy({ GroupName: 'Staff', PolicyArn: readOnly })
  })

  test('is summed up', async () => {
    const { SummaryMap } = await iam.getAccountSummary({})
    expect(SummaryMap).toMatchObject({
      Users: 1,
      Groups: 1,
      Roles: 1,
      Policies: 1,
      PolicyVersionsInUse: 2,
      InstanceProfiles: 0,
      AccountAccessKeysPresent: 1,
      MFADevices: 0,
      UsersQuota: 5000,
      AssumeRolePolicySizeQuota: 2048,
    })
  })

  test('is shown whole, with everything that says who may what', async () => {
    const details = await answerOf(iam.getAccountAuthorizationDetails({}))
    expect(details).toMatchObject({
      IsTruncated: false,
      UserDetailList: [
        {
          UserName: 'alice',
          GroupList: ['Staff'],
          UserPolicyList: [{ PolicyName: 'allowing' }],
          AttachedManagedPolicies: [],
        },
      ],
      GroupDetailList: [
        {
          GroupName: 'Staff',
          GroupPolicyList: [{ PolicyName: 'listing', PolicyDocument: encodeURIComponent(document) }],
          AttachedManagedPolicies: [{ PolicyArn: readOnly }],
        },
      ],
      RoleDetailList: [
        { RoleName: 'App', InstanceProfileList: [], AttachedManagedPolicies: [{ PolicyArn: own }] },
      ],
      Policies: [
        { PolicyName: 'IAMReadOnlyAccess', AttachmentCount: 1 },
        { PolicyName: 'Own', PolicyVersionList: [{ VersionId: 'v1' }, { VersionId: 'v2' }] },
      ],
    })
    const roles = await iam.getAccountAuthorizationDetails({ Filter: ['Role', 'LocalManagedPolicy'] })
    expect([roles.UserDetailList, roles.GroupDetailList]).toEqual([[], []])
    expect([roles.RoleDetailList?.length, roles.Policies?.length]).toEqual([1, 1])
  })

  test('is shown page by page, everything once', async () => {
    const seen: unknown[] = []
    let Marker: string | undefined
    do {
      const page = await iam.getAccountAuthorizationDetails({ MaxItems: 2, ...(Marker && { Marker }) })
      const { UserDetailList = [], GroupDetailList = [], RoleDetailList = [], Policies = [] } = page
      const items = [...UserDetailList, ...GroupDetailList, ...RoleDetailList, ...Policies]
      expect(items.length).toBeLessThanOrEqual(2)
      seen.push(...items.map(({ Arn }) => Arn))
      Marker = page.Marker
    } while (Marker !== undefined)
    expect(seen).toEqual([
      `arn:aws:iam::${account}:user/alice`,
      `arn:aws:iam::${account}:group/Staff`,
      `arn:aws:iam::${account}:role/App`,
      readOnly,
      own,
    ])
  })

  test('tells which condition keys its policies ask about', async () => {
    const asking = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kms:*',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
          Resource: 'arn:aws:kms:*:*:key/${aws:PrincipalTag/key}',
          Condition: { StringEquals: { 'kms:ViaService': 'x' }, Bool: { 'KMS:viaService': 'true' } },
        },
      ],
    })
    const { ContextKeyNames } = await iam.getContextKeysForCustomPolicy({ PolicyInputList: [asking] })
    expect(ContextKeyNames).toHaveLength(2)
    await iam.putRolePolicy({ RoleName: 'App', PolicyName: 'asking', PolicyDocument: asking })
    const PolicySourceArn = `arn:aws:iam::${account}:role/App`
    const named = await iam.getContextKeysForPrincipalPolicy({ PolicySourceArn })
    expect(named.ContextKeyNames).toEqual(ContextKeyNames)
    await refused(
      iam.getContextKeysForPrincipalPolicy({ PolicySourceArn: `${PolicySourceArn}x` }),
      'NoSuchEntityException',
    )
    await iam.deleteRolePolicy({ RoleName: 'App', PolicyName: 'asking' })
  })

  test('survives a start of the service', async () => {
    await house.restart()
    const { SummaryMap } = await iam.getAccountSummary({})
    expect(SummaryMap).toMatchObject({ Users: 1, Groups: 1, Roles: 1, Policies: 1 })
  })
})
