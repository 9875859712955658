import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, answerOf, refused, refusedFor, type Serving, serve } from '../serving.ts'

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

const scp = 'SERVICE_CONTROL_POLICY'
const rcp = 'RESOURCE_CONTROL_POLICY'
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const denyDeletion = document({ Effect: 'Deny', Action: 'kms:ScheduleKeyDeletion', Resource: '*' })

async function newPolicy(Name: string, Content = denyDeletion, Type: typeof scp | typeof rcp = scp) {
  const { Policy } = await house.root.organizations.createPolicy({ Name, Description: 'ours', Type, Content })
  return String(Policy?.PolicySummary?.Id)
}

async function newUnit(Name: string): Promise<string> {
  const { OrganizationalUnit } = await house.root.organizations.createOrganizationalUnit({
    Name,
    ParentId: rootId,
  })
  return String(OrganizationalUnit?.Id)
}

async function attached(TargetId: string, Filter: typeof scp | typeof rcp = scp) {
  const { Policies } = await house.root.organizations.listPoliciesForTarget({ TargetId, Filter })
  return Policies?.map(({ Id }) => Id)
}

const fullAccess = {
  Id: 'p-FullAWSAccess',
  Arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
  Name: 'FullAWSAccess',
  Description: 'Allows access to every operation',
  Type: scp,
  AwsManaged: true,
}

describe('policies', () => {
  test('are made, shown, changed and deleted', async () => {
    const { organizations } = house.root
    const made = await answerOf(
      organizations.createPolicy({ Name: 'Keep', Description: 'keys', Type: scp, Content: denyDeletion }),
    )
    const Id = String(made.Policy?.PolicySummary?.Id)
    const PolicySummary = {
      Id: expect.stringMatching(/^p-[a-z0-9]{8}$/),
      Arn: `arn:aws:organizations::${account}:policy/${organizationId}/service_control_policy/${Id}`,
      Name: 'Keep',
      Description: 'keys',
      Type: scp,
      AwsManaged: false,
    }
    expect(made).toEqual({ Policy: { PolicySummary, Content: denyDeletion } })
    expect(await answerOf(organizations.describePolicy({ PolicyId: Id }))).toEqual(made)
    const changed = await organizations.updatePolicy({ PolicyId: Id, Name: 'Kept' })
    expect(changed.Policy?.PolicySummary).toEqual({ ...PolicySummary, Name: 'Kept' })
    const { Policies } = await organizations.listPolicies({ Filter: scp })
    expect(Policies).toHaveLength(2)
    expect(Policies).toEqual(expect.arrayContaining([fullAccess, { ...PolicySummary, Name: 'Kept' }]))
    await refused(
      newPolicy('Kept'),
      'DuplicatePolicyException',
      'A policy with the same name already exists.',
    )
    await refused(newPolicy('FullAWSAccess'), 'DuplicatePolicyException')
    await organizations.attachPolicy({ PolicyId: Id, TargetId: rootId })
    await refused(organizations.deletePolicy({ PolicyId: Id }), 'PolicyInUseException')
    await organizations.detachPolicy({ PolicyId: Id, TargetId: rootId })
    await organizations.deletePolicy({ PolicyId: Id })
    await refused(
      organizations.describePolicy({ PolicyId: Id }),
      'PolicyNotFoundException',
      "You specified a policy that doesn't exist.",
    )
  })

  test('that AWS manages cannot be changed', async () => {
    const { organizations } = house.root
    const PolicyId = 'p-FullAWSAccess'
    expect((await organizations.describePolicy({ PolicyId })).Policy?.PolicySummary).toEqual(fullAccess)
    const change = organizations.updatePolicy({ PolicyId, Name: 'mine' })
    await refusedFor(change, 'InvalidInputException', 'IMMUTABLE_POLICY')
    await refusedFor(organizations.deletePolicy({ PolicyId }), 'InvalidInputException', 'IMMUTABLE_POLICY')
  })

  test('of types that decide nothing here are not to be had', async () => {
    const { organizations } = house.root
    await refused(
      organizations.createPolicy({ Name: 'a', Description: '', Type: 'TAG_POLICY', Content: '{}' }),
      'PolicyTypeNotAvailableForOrganizationException',
    )
    await refused(
      organizations.enablePolicyType({ RootId: rootId, PolicyType: 'TAG_POLICY' }),
      'PolicyTypeNotAvailableForOrganizationException',
    )
    expect((await organizations.listPolicies({ Filter: 'TAG_POLICY' })).Policies).toEqual([])
  })
})

describe('documents', () => {
  const malformed =
    'The provided policy document does not meet the requirements of the specified policy type.'

  test.each([
    ['is no JSON', '{'],
    ['names a principal', document({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' })],
    ['has no action', document({ Effect: 'Deny', Resource: '*' })],
    ['has no resource', document({ Effect: 'Deny', Action: '*' })],
  ])('of a service control policy are refused when one %s', async (_what, Content) => {
    await refused(newPolicy('malformed', Content), 'MalformedPolicyDocumentException', malformed)
  })

  test.each([
    ['allows', { Effect: 'Allow', Principal: '*', Action: 'kms:*' }],
    ['allows everything', { Effect: 'Allow', Principal: '*', Action: '*' }],
    ['names somebody', { Effect: 'Deny', Principal: { AWS: account }, Action: 'kms:*' }],
    ['names no service', { Effect: 'Deny', Principal: '*', Action: '*' }],
    ['excepts actions', { Effect: 'Deny', Principal: '*', NotAction: 'kms:*' }],
    ['names nobody', { Effect: 'Deny', Action: 'kms:*' }],
  ])('of a resource control policy are refused when one %s', async (_what, statement) => {
    const Content = document({ Resource: '*', ...statement })
    await refused(newPolicy('malformed', Content, rcp), 'MalformedPolicyDocumentException', malformed)
  })

  test('have a largest size, white space included', async () => {
    const padded = (characters: number) => denyDeletion.padEnd(characters)
    const PolicyId = await newPolicy('large', padded(10_240))
    const { organizations } = house.root
    const larger = organizations.updatePolicy({ PolicyId, Content: padded(10_241) })
    await refusedFor(larger, 'ConstraintViolationException', 'POLICY_CONTENT_LIMIT_EXCEEDED')
    await organizations.deletePolicy({ PolicyId })
  })
})

describe('attaching', () => {
  test('shows on both sides, and leaves one policy at least', async () => {
    const { organizations } = house.root
    const [PolicyId, TargetId] = [await newPolicy('Attached'), await newUnit('Target')]
    expect(await attached(TargetId)).toEqual(['p-FullAWSAccess'])
    await organizations.attachPolicy({ PolicyId, TargetId })
    // In the order of ids, of which one is made by chance.
    expect(await attached(TargetId)).toEqual(['p-FullAWSAccess', PolicyId].toSorted())
    expect((await organizations.listTargetsForPolicy({ PolicyId })).Targets).toEqual([
      {
        TargetId,
        Arn: `arn:aws:organizations::${account}:ou/${organizationId}/${TargetId}`,
        Name: 'Target',
        Type: 'ORGANIZATIONAL_UNIT',
      },
    ])
    const { Targets } = await organizations.listTargetsForPolicy({ PolicyId: 'p-FullAWSAccess' })
    expect(Targets?.map(({ Type }) => Type)).toEqual(
      expect.arrayContaining(['ROOT', 'ACCOUNT', 'ORGANIZATIONAL_UNIT']),
    )
    await refused(organizations.attachPolicy({ PolicyId, TargetId }), 'DuplicatePolicyAttachmentException')
    await organizations.detachPolicy({ PolicyId: 'p-FullAWSAccess', TargetId })
    const last = organizations.detachPolicy({ PolicyId, TargetId })
    await refused(
      last,
      'ConstraintViolationException',
      'You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.',
    )
    await refusedFor(last, 'ConstraintViolationException', 'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED')
    const again = organizations.detachPolicy({ PolicyId: 'p-FullAWSAccess', TargetId })
    await refused(again, 'PolicyNotAttachedException')
    // What a unit had attached goes with it.
    await organizations.deleteOrganizationalUnit({ OrganizationalUnitId: TargetId })
    await organizations.deletePolicy({ PolicyId })
  })

  test('is refused to what is not there, and beyond the quota', async () => {
    const { organizations } = house.root
    const [PolicyId, TargetId] = [await newPolicy('one'), await newUnit('Full')]
    await refused(organizations.attachPolicy({ PolicyId: 'p-00000000', TargetId }), 'PolicyNotFoundException')
    await refused(
      organizations.attachPolicy({ PolicyId, TargetId: 'ou-zzzz-zzzzzzzz' }),
      'TargetNotFoundException',
      "You specified a target that doesn't exist.",
    )
    for (let number = 2; number <= 10; number += 1) {
      await organizations.attachPolicy({ PolicyId: await newPolicy(`number ${number}`), TargetId })
    }
    await refusedFor(
      organizations.attachPolicy({ PolicyId, TargetId }),
      'ConstraintViolationException',
      'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
    )
  })

  test('and deleting the target at the same moment leaves nothing attached to nothing', async () => {
    const { organizations } = house.root
    const PolicyId = await newPolicy('racing')
    for (let round = 0; round < 5; round += 1) {
      const TargetId = await newUnit(`racing ${round}`)
      await Promise.allSettled([
        organizations.attachPolicy({ PolicyId, TargetId }),
        organizations.deleteOrganizationalUnit({ OrganizationalUnitId: TargetId }),
      ])
      const { Targets } = await organizations.listTargetsForPolicy({ PolicyId })
      expect(Targets).toEqual([])
    }
    await organizations.deletePolicy({ PolicyId })
  })
})

describe('policy types', () => {
  test('are enabled, with a policy that allows everything attached everywhere, and disabled', async () => {
    const { organizations } = house.root
    const [RootId, PolicyType] = [rootId, rcp] as const
    const PolicyId = await newPolicy(
      'Outsiders',
      document({ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }),
      rcp,
    )
    const attach = () => organizations.attachPolicy({ PolicyId, TargetId: rootId })
    await refused(
      attach(),
      'PolicyTypeNotEnabledException',
      'This operation can be performed only for enabled policy types.',
    )
    const TargetId = await newUnit('Early')
    const { Root } = await organizations.enablePolicyType({ RootId, PolicyType })
    expect(Root?.PolicyTypes).toEqual([
      { Type: scp, Status: 'ENABLED' },
      { Type: rcp, Status: 'ENABLED' },
    ])
    await refused(
      organizations.enablePolicyType({ RootId, PolicyType }),
      'PolicyTypeAlreadyEnabledException',
      'The specified policy type is already enabled.',
    )
    for (const target of [rootId, TargetId, await newUnit('Late'), account]) {
      expect(await attached(target, rcp)).toEqual(['p-RCPFullAWSAccess'])
    }
    await attach()
    await refusedFor(
      organizations.detachPolicy({ PolicyId: 'p-RCPFullAWSAccess', TargetId: rootId }),
      'InvalidInputException',
      'NON_DETACHABLE_POLICY',
    )
    await organizations.disablePolicyType({ RootId, PolicyType })
    expect(await attached(rootId, rcp)).toEqual([])
    expect(await attached(rootId)).toEqual(['p-FullAWSAccess'])
    await refused(organizations.disablePolicyType({ RootId, PolicyType }), 'PolicyTypeNotEnabledException')
    await refused(
      organizations.enablePolicyType({ RootId: 'r-zzzz', PolicyType }),
      'RootNotFoundException',
      "You specified a root that doesn't exist.",
    )
    await organizations.deletePolicy({ PolicyId })
  })
})
