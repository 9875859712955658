import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { theOrganization } from '../../src/identity/organization.ts'
import type { Change } from '../../src/storage/store.ts'
import { recordsIn } from '../audit/read-records.ts'
import { memberAccount } from '../member-account.ts'
import { account, answerOf, refused, refusedFor, type Serving, serve } from '../serving.ts'
import { send, signed } from './exchange.ts'

let house: Serving
let rootId: string
let organizationId: string
beforeAll(async () => {
  house = await serve()
  const { Organization } = await house.root.organizations.describeOrganization({})
  organizationId = String(Organization?.Id)
  rootId = String((await house.root.organizations.listRoots({})).Roots?.[0]?.Id)
})
afterAll(() => house.close())

const arn = (kind: string, id: string) => `arn:aws:organizations::${account}:${kind}/${organizationId}/${id}`

async function newUnit(Name: string, ParentId = rootId): Promise<string> {
  const { OrganizationalUnit } = await house.root.organizations.createOrganizationalUnit({ Name, ParentId })
  return String(OrganizationalUnit?.Id)
}

async function newAccount(name: string): Promise<string> {
  const { organizations } = house.root
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: name,
    Email: `${name}@example.com`,
  })
  house.clock.advance(2000)
  const { CreateAccountStatus: made } = await organizations.describeCreateAccountStatus({
    CreateAccountRequestId: String(CreateAccountStatus?.Id),
  })
  return String(made?.AccountId)
}

describe('the organization', () => {
  test('is there from the first start on, with all features', async () => {
    const { organizations } = house.root
    expect(await answerOf(organizations.describeOrganization({}))).toEqual({
      Organization: {
        Id: expect.stringMatching(/^o-[a-z0-9]{10}$/),
        Arn: `arn:aws:organizations::${account}:organization/${organizationId}`,
        FeatureSet: 'ALL',
        MasterAccountArn: arn('account', account),
        MasterAccountId: account,
        AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
      },
    })
    expect(await answerOf(organizations.listRoots({}))).toEqual({
      Roots: [
        {
          Id: expect.stringMatching(/^r-[a-z0-9]{4}$/),
          Arn: arn('root', rootId),
          Name: 'Root',
          PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
        },
      ],
    })
  })

  test('stays the same when the service is started again', async () => {
    const before = await answerOf(house.root.organizations.describeOrganization({}))
    await house.restart()
    expect(await answerOf(house.root.organizations.describeOrganization({}))).toEqual(before)
  })

  test('is made at the next start of an installation that has none yet', async () => {
    const older = await serve()
    const { catalog } = older.claviger
    const targets = await catalog.store.list('policyTarget', { prefix: [], limit: 10 })
    await catalog.commit([
      { remove: 'organization', key: theOrganization },
      { remove: 'member', key: [account] },
      ...targets.map(
        ({ value }): Change => ({ remove: 'policyTarget', key: [value.targetId, value.policyId] }),
      ),
    ])
    const organization = older.root.organizations.describeOrganization({})
    await refused(organization, 'ServiceException')
    await older.restart()
    const { Organization } = await older.root.organizations.describeOrganization({})
    expect(Organization?.MasterAccountId).toBe(account)
    const { Policies } = await older.root.organizations.listPoliciesForTarget({
      TargetId: account,
      Filter: 'SERVICE_CONTROL_POLICY',
    })
    expect(Policies?.map(({ Id }) => Id)).toEqual(['p-FullAWSAccess'])
    await older.close()
  })

  test('is signed for in one Region', async () => {
    const headers = { 'x-amz-target': 'AWSOrganizationsV20161128.ListRoots' }
    const ask = (region: string) =>
      send(house, signed(house, { service: 'organizations', region, headers, body: '{}' }))
    expect(await ask('us-east-1')).toMatchObject({ status: 200 })
    expect(await ask('eu-west-1')).toMatchObject({
      status: 400,
      body: expect.stringContaining('InvalidSignatureException'),
    })
  })
})

describe('accounts', () => {
  test('are made while the caller waits a moment, as on AWS', async () => {
    const { organizations } = house.root
    const requestedAt = new Date(house.clock.now())
    const { CreateAccountStatus: asked } = await organizations.createAccount({
      AccountName: 'Production',
      Email: 'production@example.com',
      Tags: [{ Key: 'stage', Value: 'production' }],
    })
    const Id = expect.stringMatching(/^car-[a-z0-9]{32}$/)
    expect(asked).toEqual({
      Id,
      AccountName: 'Production',
      State: 'IN_PROGRESS',
      RequestedTimestamp: requestedAt,
    })
    house.clock.advance(1000)
    const CreateAccountRequestId = String(asked?.Id)
    const { CreateAccountStatus: made } = await organizations.describeCreateAccountStatus({
      CreateAccountRequestId,
    })
    expect(made).toEqual({
      Id,
      AccountName: 'Production',
      State: 'SUCCEEDED',
      RequestedTimestamp: requestedAt,
      CompletedTimestamp: new Date(house.clock.now()),
      AccountId: expect.stringMatching(/^[1-9]\d{11}$/),
    })
    const id = String(made?.AccountId)
    const shown = {
      Id: id,
      Arn: arn('account', id),
      Email: 'production@example.com',
      Name: 'Production',
      Status: 'ACTIVE',
      State: 'ACTIVE',
      Paths: [`${organizationId}/${rootId}/${id}/`],
      JoinedMethod: 'CREATED',
      JoinedTimestamp: requestedAt,
    }
    expect(await answerOf(organizations.describeAccount({ AccountId: id }))).toEqual({ Account: shown })
    expect((await organizations.listAccounts({})).Accounts).toContainEqual(shown)
    expect((await organizations.listTagsForResource({ ResourceId: id })).Tags).toEqual([
      { Key: 'stage', Value: 'production' },
    ])
    expect(
      (await organizations.listCreateAccountStatus({ States: ['SUCCEEDED'] })).CreateAccountStatuses,
    ).toEqual([made])
    expect(
      (await organizations.listCreateAccountStatus({ States: ['FAILED'] })).CreateAccountStatuses,
    ).toEqual([])
  })

  test('are not made for an address that another has, in whatever case', async () => {
    const { organizations } = house.root
    await newAccount('first')
    const { CreateAccountStatus } = await organizations.createAccount({
      AccountName: 'second',
      Email: 'First@Example.com',
    })
    house.clock.advance(1000)
    const { CreateAccountStatus: outcome } = await organizations.describeCreateAccountStatus({
      CreateAccountRequestId: String(CreateAccountStatus?.Id),
    })
    expect(outcome).toMatchObject({ State: 'FAILED', FailureReason: 'EMAIL_ALREADY_EXISTS' })
    expect(outcome).not.toHaveProperty('AccountId')
    const names = (await organizations.listAccounts({})).Accounts?.map(({ Name }) => Name)
    expect(names).toContain('first')
    expect(names).not.toContain('second')
  })

  test('have a role that the management account may assume and that may do everything', async () => {
    const member = await memberAccount(house, 'administered')
    const { Arn } = await member.administrator.sts.getCallerIdentity({})
    expect(Arn).toBe(`arn:aws:sts::${member.id}:assumed-role/OrganizationAccountAccessRole/administration`)
    const RoleName = 'OrganizationAccountAccessRole'
    const { AttachedPolicies } = await member.administrator.iam.listAttachedRolePolicies({ RoleName })
    expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([
      'arn:aws:iam::aws:policy/AdministratorAccess',
    ])
    await member.administrator.kms.createKey({})
  })

  test('move between the root and its units', async () => {
    const { organizations } = house.root
    const [AccountId, workloads, sandbox] = [
      await newAccount('moving'),
      await newUnit('Workloads'),
      await newUnit('Sandbox'),
    ]
    const move = (SourceParentId: string, DestinationParentId: string, id = AccountId) =>
      organizations.moveAccount({ AccountId: id, SourceParentId, DestinationParentId })
    await refused(move(sandbox, workloads), 'SourceParentNotFoundException')
    await refused(move(rootId, rootId), 'DuplicateAccountException')
    await refused(move('r-zzzz', workloads), 'SourceParentNotFoundException')
    await refused(move(rootId, 'ou-zzzz-zzzzzzzz'), 'DestinationParentNotFoundException')
    await refused(
      move(rootId, workloads, '999999999999'),
      'AccountNotFoundException',
      "You specified an account that doesn't exist.",
    )
    await move(rootId, workloads)
    expect((await organizations.listParents({ ChildId: AccountId })).Parents).toEqual([
      { Id: workloads, Type: 'ORGANIZATIONAL_UNIT' },
    ])
    const below = await organizations.listAccountsForParent({ ParentId: workloads })
    expect(below.Accounts).toMatchObject([
      { Id: AccountId, Paths: [`${organizationId}/${rootId}/${workloads}/${AccountId}/`] },
    ])
    await refused(
      organizations.deleteOrganizationalUnit({ OrganizationalUnitId: workloads }),
      'OrganizationalUnitNotEmptyException',
    )
    await move(workloads, rootId)
    await organizations.deleteOrganizationalUnit({ OrganizationalUnitId: workloads })
  })
})

describe('organizational units', () => {
  test('are made, renamed, listed and deleted', async () => {
    const { organizations } = house.root
    const ParentId = await newUnit('Parent')
    const { OrganizationalUnit } = await organizations.createOrganizationalUnit({
      Name: 'Child',
      ParentId,
      Tags: [{ Key: 'team', Value: 'blue' }],
    })
    const Id = String(OrganizationalUnit?.Id)
    expect(OrganizationalUnit).toEqual({
      Id: expect.stringMatching(new RegExp(`^ou-${rootId.slice(2)}-[a-z0-9]{8}$`)),
      Arn: arn('ou', Id),
      Name: 'Child',
      Path: `${organizationId}/${rootId}/${ParentId}/${Id}/`,
    })
    await refused(
      organizations.createOrganizationalUnit({ Name: 'Child', ParentId }),
      'DuplicateOrganizationalUnitException',
      'An OU with the same name already exists.',
    )
    await newUnit('Other', ParentId)
    const rename = (Name: string) =>
      organizations.updateOrganizationalUnit({ OrganizationalUnitId: Id, Name })
    await refused(rename('Other'), 'DuplicateOrganizationalUnitException')
    await rename('Renamed')
    const { OrganizationalUnits } = await organizations.listOrganizationalUnitsForParent({ ParentId })
    expect(OrganizationalUnits?.map(({ Name }) => Name).sort()).toEqual(['Other', 'Renamed'])
    const { Children } = await organizations.listChildren({ ParentId, ChildType: 'ORGANIZATIONAL_UNIT' })
    expect(Children).toContainEqual({ Id, Type: 'ORGANIZATIONAL_UNIT' })
    await refused(
      organizations.deleteOrganizationalUnit({ OrganizationalUnitId: ParentId }),
      'OrganizationalUnitNotEmptyException',
    )
    await organizations.deleteOrganizationalUnit({ OrganizationalUnitId: Id })
    await refused(
      organizations.describeOrganizationalUnit({ OrganizationalUnitId: Id }),
      'OrganizationalUnitNotFoundException',
      "You specified an organizational unit that doesn't exist.",
    )
    await refused(
      organizations.listChildren({ ParentId: Id, ChildType: 'ACCOUNT' }),
      'ParentNotFoundException',
    )
    await refused(organizations.listParents({ ChildId: Id }), 'ChildNotFoundException')
  })

  test('are nested five deep, and no deeper', async () => {
    let parent = rootId
    for (const name of ['1', '2', '3', '4', '5']) parent = await newUnit(name, parent)
    await refusedFor(newUnit('6', parent), 'ConstraintViolationException', 'OU_DEPTH_LIMIT_EXCEEDED')
  })

  test('are listed page by page', async () => {
    const { organizations } = house.root
    const ParentId = await newUnit('Paged')
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await newUnit(name, ParentId)
    const found: (string | undefined)[] = []
    let pages = 0
    for (let NextToken: string | undefined, more = true; more; more = NextToken !== undefined) {
      const page = await organizations.listOrganizationalUnitsForParent({
        ParentId,
        MaxResults: 2,
        ...(NextToken !== undefined && { NextToken }),
      })
      found.push(...(page.OrganizationalUnits ?? []).map(({ Name }) => Name))
      NextToken = page.NextToken
      pages += 1
    }
    expect(found.sort()).toEqual(names)
    expect(pages).toBe(3)
    await refusedFor(
      organizations.listAccounts({ NextToken: 'made-up' }),
      'InvalidInputException',
      'INVALID_NEXT_TOKEN',
    )
  })
})

describe('tags', () => {
  test('are given to the root, units, accounts and policies, and taken away', async () => {
    const { organizations } = house.root
    const { Policy } = await organizations.createPolicy({
      Name: 'tagged',
      Description: '',
      Type: 'SERVICE_CONTROL_POLICY',
      Content: '{"Version":"2012-10-17","Statement":[]}'.replace(
        '[]',
        '{"Effect":"Allow","Action":"*","Resource":"*"}',
      ),
    })
    const ids = [rootId, await newUnit('tagged'), account, String(Policy?.PolicySummary?.Id)]
    for (const ResourceId of ids) {
      await organizations.tagResource({
        ResourceId,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      })
      await organizations.tagResource({ ResourceId, Tags: [{ Key: 'a', Value: '3' }] })
      await organizations.untagResource({ ResourceId, TagKeys: ['b'] })
      const { Tags } = await organizations.listTagsForResource({ ResourceId })
      expect(Tags).toEqual([{ Key: 'a', Value: '3' }])
    }
    const tag = (ResourceId: string, ...keys: string[]) =>
      organizations.tagResource({ ResourceId, Tags: keys.map((Key) => ({ Key, Value: '' })) })
    await refused(tag('999999999999', 'a'), 'TargetNotFoundException')
    await refusedFor(tag(rootId, 'a', 'a'), 'InvalidInputException', 'DUPLICATE_TAG_KEY')
    await refusedFor(tag(rootId, 'aws:a'), 'InvalidInputException', 'INVALID_SYSTEM_TAGS_PARAMETER')
    await refusedFor(tag('p-FullAWSAccess', 'a'), 'InvalidInputException', 'TARGET_NOT_SUPPORTED')
    const many = Array.from({ length: 51 }, (_none, index) => `key-${index}`)
    await refusedFor(tag(rootId, ...many), 'ConstraintViolationException', 'MAX_TAG_LIMIT_EXCEEDED')
  })
})

describe('who may ask', () => {
  test('is up to identity policies in the management account', async () => {
    const nobody = await house.user('nobody')
    await refused(
      nobody.organizations.listAccounts({}),
      'AccessDeniedException',
      `User: ${nobody.arn} is not authorized to perform: organizations:ListAccounts on resource: * because no identity-based policy allows the organizations:ListAccounts action`,
    )
    const reader = await house.user('reader', 'organizations:List*', 'organizations:Describe*')
    await reader.organizations.listAccounts({})
    await refused(
      reader.organizations.createOrganizationalUnit({ ParentId: rootId, Name: 'not theirs' }),
      'AccessDeniedException',
      new RegExp(`on resource: ${arn('root', rootId)} because no identity-based policy`),
    )
  })

  test('can be held to one unit, one tag, one type of policies', async () => {
    const { iam, organizations } = house.root
    const [mine, other] = [await newUnit('mine'), await newUnit('other')]
    await organizations.tagResource({ ResourceId: mine, Tags: [{ Key: 'owner', Value: 'uma' }] })
    const uma = await house.user('uma')
    const may = (Action: string, Condition: object, Resource = '*') => ({
      Effect: 'Allow',
      Action,
      Resource,
      Condition,
    })
    const Statement = [
      may('organizations:CreateOrganizationalUnit', {}, arn('ou', mine)),
      may('organizations:DescribeOrganizationalUnit', { StringEquals: { 'aws:ResourceTag/owner': 'uma' } }),
      may('organizations:ListPolicies', {
        StringEquals: { 'organizations:PolicyType': 'SERVICE_CONTROL_POLICY' },
      }),
    ]
    await iam.putUserPolicy({
      UserName: 'uma',
      PolicyName: 'some',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    })
    await uma.organizations.createOrganizationalUnit({ ParentId: mine, Name: 'below' })
    await refused(
      uma.organizations.createOrganizationalUnit({ ParentId: other, Name: 'below' }),
      'AccessDeniedException',
    )
    await uma.organizations.describeOrganizationalUnit({ OrganizationalUnitId: mine })
    await refused(
      uma.organizations.describeOrganizationalUnit({ OrganizationalUnitId: other }),
      'AccessDeniedException',
    )
    await uma.organizations.listPolicies({ Filter: 'SERVICE_CONTROL_POLICY' })
    await refused(
      uma.organizations.listPolicies({ Filter: 'RESOURCE_CONTROL_POLICY' }),
      'AccessDeniedException',
    )
  })

  test('is not a member account, but for what organization it is in', async () => {
    const { administrator } = await memberAccount(house, 'curious')
    const { Organization } = await administrator.organizations.describeOrganization({})
    expect(Organization?.Id).toBe(organizationId)
    const sentence = "You don't have permissions to access this resource."
    await refused(administrator.organizations.listAccounts({}), 'AccessDeniedException', sentence)
    await refused(
      administrator.organizations.describeAccount({ AccountId: account }),
      'AccessDeniedException',
      sentence,
    )
    await refused(
      administrator.organizations.detachPolicy({ PolicyId: 'p-FullAWSAccess', TargetId: rootId }),
      'AccessDeniedException',
      sentence,
    )
  })
})

test('what is asked of Organizations is recorded as its own, without addresses', async () => {
  const { CreateAccountStatus } = await house.root.organizations.createAccount({
    AccountName: 'recorded',
    Email: 'recorded@example.com',
    RoleName: 'Administration',
  })
  const record = (await recordsIn(house.dataDir)).at(-1)
  expect(record).toMatchObject({
    eventSource: 'organizations.amazonaws.com',
    eventName: 'CreateAccount',
    awsRegion: 'us-east-1',
    readOnly: false,
    requestParameters: { roleName: 'Administration' },
    responseElements: { createAccountStatus: { id: CreateAccountStatus?.Id, state: 'IN_PROGRESS' } },
  })
  expect(JSON.stringify(record)).not.toContain('recorded@example.com')
})

describe('bad input', () => {
  test('is told apart by its reason', async () => {
    const { organizations } = house.root
    const describe = (AccountId: string) => organizations.describeAccount({ AccountId })
    await refusedFor(describe('1'), 'InvalidInputException', 'INVALID_PATTERN')
    await refusedFor(
      organizations.createAccount({ AccountName: 'x'.repeat(51), Email: 'a@example.com' }),
      'InvalidInputException',
      'MAX_LENGTH_EXCEEDED',
    )
    await refusedFor(
      organizations.listAccounts({ MaxResults: 21 }),
      'InvalidInputException',
      'MAX_VALUE_EXCEEDED',
    )
    await refusedFor(
      organizations.listPolicies({ Filter: 'NO_POLICY' as 'TAG_POLICY' }),
      'InvalidInputException',
      'INVALID_ENUM',
    )
    await refusedFor(
      organizations.createAccount({
        AccountName: 'x',
        Email: 'x@example.com',
        RoleName: 'AWSServiceRoleForMe',
      }),
      'InvalidInputException',
      'INVALID_ROLE_NAME',
    )
    await refusedFor(
      organizations.createOrganizationalUnit({ ParentId: rootId, Name: 'a\0b' }),
      'InvalidInputException',
      'INVALID_PATTERN',
    )
    await refused(organizations.leaveOrganization({}), 'UnknownOperationException')
  })
})
