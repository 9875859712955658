import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, allow, answerOf, newKey, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const listing = allow(['kms:ListKeys'], { on: '*' })
const making = allow(['kms:CreateKey'], { on: '*' })
const arnOf = (name: string) => `arn:aws:iam::${account}:policy/${name}`
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'

async function newPolicy(PolicyName: string, PolicyDocument = listing): Promise<string> {
  const { Policy } = await house.root.iam.createPolicy({ PolicyName, PolicyDocument })
  return String(Policy?.Arn)
}

describe('managed policies', () => {
  test('are made and shown with everything AWS documents of them', async () => {
    const { iam } = house.root
    const made = await answerOf(
      iam.createPolicy({
        PolicyName: 'Shown',
        Path: '/team/',
        PolicyDocument: listing,
        Description: 'lists keys',
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    )
    const now = new Date(house.clock.now())
    expect(made).toEqual({
      Policy: {
        Arn: arnOf('team/Shown'),
        AttachmentCount: 0,
        CreateDate: now,
        DefaultVersionId: 'v1',
        Description: 'lists keys',
        IsAttachable: true,
        Path: '/team/',
        PermissionsBoundaryUsageCount: 0,
        PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
        PolicyName: 'Shown',
        Tags: [{ Key: 'team', Value: 'blue' }],
        UpdateDate: now,
      },
    })
    expect(await answerOf(iam.getPolicy({ PolicyArn: arnOf('team/Shown') }))).toEqual(made)
    expect(await answerOf(iam.getPolicyVersion({ PolicyArn: arnOf('team/Shown'), VersionId: 'v1' }))).toEqual(
      {
        PolicyVersion: {
          CreateDate: now,
          Document: encodeURIComponent(listing),
          IsDefaultVersion: true,
          VersionId: 'v1',
        },
      },
    )
    await refused(
      iam.createPolicy({ PolicyName: 'shown', PolicyDocument: listing }),
      'EntityAlreadyExistsException',
      'A policy called shown already exists. Duplicate names are not allowed.',
    )
    await refused(
      iam.getPolicy({ PolicyArn: arnOf('Shown') }),
      'NoSuchEntityException',
      `Policy ${arnOf('Shown')} was not found.`,
    )
  })

  test('must be policies, of 6144 characters at most', async () => {
    const { iam } = house.root
    await refused(
      iam.createPolicy({ PolicyName: 'malformed', PolicyDocument: '{}' }),
      'MalformedPolicyDocumentException',
      'Syntax errors in policy.',
    )
    const wordy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Sid: 'x'.repeat(6100), Effect: 'Allow', Action: 'kms:*', Resource: '*' },
    })
    await refused(
      iam.createPolicy({ PolicyName: 'wordy', PolicyDocument: wordy }),
      'LimitExceededException',
      'Cannot exceed quota for PolicySize: 6144',
    )
  })

  test('let everybody who has them do what their default version says, from the very next call', async () => {
    const { iam } = house.root
    const user = await house.user('attached')
    const PolicyArn = await newPolicy('Switching')
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    await iam.attachUserPolicy({ UserName: 'attached', PolicyArn })
    await user.kms.listKeys({})
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: making })
    expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false })
    await user.kms.listKeys({})
    await refused(user.kms.createKey({}), 'AccessDeniedException')
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v2' })
    await newKey(user)
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    await iam.createPolicyVersion({ PolicyArn, PolicyDocument: listing, SetAsDefault: true })
    await user.kms.listKeys({})
    await iam.detachUserPolicy({ UserName: 'attached', PolicyArn })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
  })

  test('have five versions at most, whose numbers are never used again', async () => {
    const { iam } = house.root
    const PolicyArn = await newPolicy('Versioned')
    const next = () => iam.createPolicyVersion({ PolicyArn, PolicyDocument: making })
    for (let number = 2; number <= 5; number += 1) await next()
    await refused(
      next(),
      'LimitExceededException',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    )
    await refused(
      iam.deletePolicyVersion({ PolicyArn, VersionId: 'v1' }),
      'DeleteConflictException',
      'Cannot delete the default version of a policy.',
    )
    await iam.deletePolicyVersion({ PolicyArn, VersionId: 'v5' })
    expect((await next()).PolicyVersion?.VersionId).toBe('v6')
    const { Versions } = await iam.listPolicyVersions({ PolicyArn })
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1'])
    await refused(
      iam.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v5' }),
      'NoSuchEntityException',
      `Policy ${PolicyArn} version v5 does not exist or is not attachable.`,
    )
    await refused(
      iam.deletePolicy({ PolicyArn }),
      'DeleteConflictException',
      /^This policy has more than one version\./,
    )
  })

  test('are deleted once nobody has them', async () => {
    const { iam } = house.root
    const PolicyArn = await newPolicy('Leaving')
    await iam.createGroup({ GroupName: 'having' })
    await iam.attachGroupPolicy({ GroupName: 'having', PolicyArn })
    await iam.attachGroupPolicy({ GroupName: 'having', PolicyArn })
    expect((await iam.getPolicy({ PolicyArn })).Policy?.AttachmentCount).toBe(1)
    await refused(
      iam.deletePolicy({ PolicyArn }),
      'DeleteConflictException',
      'Cannot delete a policy attached to entities.',
    )
    await refused(iam.deleteGroup({ GroupName: 'having' }), 'DeleteConflictException')
    await iam.detachGroupPolicy({ GroupName: 'having', PolicyArn })
    await refused(
      iam.detachGroupPolicy({ GroupName: 'having', PolicyArn }),
      'NoSuchEntityException',
      `Policy ${PolicyArn} was not found.`,
    )
    await iam.deletePolicy({ PolicyArn })
    await refused(
      iam.attachGroupPolicy({ GroupName: 'having', PolicyArn }),
      'NoSuchEntityException',
      `Policy ${PolicyArn} does not exist or is not attachable.`,
    )
  })

  test('show whom they are attached to, and are listed there', async () => {
    const { iam } = house.root
    const PolicyArn = await newPolicy('Shared')
    const UserName = 'sharing'
    const { User } = await iam.createUser({ UserName })
    await iam.createGroup({ GroupName: 'sharers' })
    await iam.attachUserPolicy({ UserName, PolicyArn })
    await iam.attachUserPolicy({ UserName, PolicyArn: administrator })
    await iam.attachGroupPolicy({ GroupName: 'sharers', PolicyArn })
    const entities = await iam.listEntitiesForPolicy({ PolicyArn })
    expect(entities.PolicyUsers).toEqual([{ UserName, UserId: User?.UserId }])
    expect(entities.PolicyGroups?.map(({ GroupName }) => GroupName)).toEqual(['sharers'])
    expect(entities.PolicyRoles).toEqual([])
    const groups = await iam.listEntitiesForPolicy({ PolicyArn, EntityFilter: 'Group' })
    expect(groups.PolicyUsers).toEqual([])
    expect(await answerOf(iam.listAttachedUserPolicies({ UserName }))).toEqual({
      AttachedPolicies: [
        { PolicyArn: administrator, PolicyName: 'AdministratorAccess' },
        { PolicyArn, PolicyName: 'Shared' },
      ],
      IsTruncated: false,
    })
    const first = await iam.listAttachedUserPolicies({ UserName, MaxItems: 1 })
    expect(first.IsTruncated).toBe(true)
    const second = await iam.listAttachedUserPolicies({ UserName, MaxItems: 1, Marker: String(first.Marker) })
    expect([...(first.AttachedPolicies ?? []), ...(second.AttachedPolicies ?? [])]).toHaveLength(2)
  })

  test('are ten at most for one user', async () => {
    const { iam } = house.root
    const UserName = 'loaded'
    await iam.createUser({ UserName })
    for (let number = 0; number <= 10; number += 1) {
      const PolicyArn = await newPolicy(`load-${number}`)
      const attached = iam.attachUserPolicy({ UserName, PolicyArn })
      if (number < 10) await attached
      else await refused(attached, 'LimitExceededException', 'Cannot exceed quota for PoliciesPerUser: 10')
    }
  })

  test('have tags', async () => {
    const { iam } = house.root
    const PolicyArn = await newPolicy('Tagged')
    await iam.tagPolicy({ PolicyArn, Tags: [{ Key: 'a', Value: '1' }] })
    expect((await iam.listPolicyTags({ PolicyArn })).Tags).toEqual([{ Key: 'a', Value: '1' }])
    await iam.untagPolicy({ PolicyArn, TagKeys: ['A'] })
    expect((await iam.getPolicy({ PolicyArn })).Policy?.Tags).toBeUndefined()
  })
})

describe('policies that AWS manages', () => {
  test('are there under their ARNs, and let do what they say', async () => {
    const { iam } = house.root
    const user = await house.user('administrator')
    await iam.attachUserPolicy({ UserName: 'administrator', PolicyArn: administrator })
    expect((await user.iam.getPolicy({ PolicyArn: administrator })).Policy).toMatchObject({
      PolicyName: 'AdministratorAccess',
      AttachmentCount: expect.any(Number),
    })
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: administrator, VersionId: 'v1' })
    expect(JSON.parse(decodeURIComponent(String(PolicyVersion?.Document)))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
  })

  test('are nobody’s to change', async () => {
    const { iam } = house.root
    const denied = (action: string) =>
      `User: arn:aws:iam::${account}:root is not authorized to perform: iam:${action} on resource: policy ${administrator}`
    await refused(iam.deletePolicy({ PolicyArn: administrator }), 'AccessDenied', denied('DeletePolicy'))
    await refused(
      iam.createPolicyVersion({ PolicyArn: administrator, PolicyDocument: listing }),
      'AccessDenied',
      denied('CreatePolicyVersion'),
    )
    await refused(
      iam.tagPolicy({ PolicyArn: administrator, Tags: [{ Key: 'a', Value: '' }] }),
      'AccessDenied',
      denied('TagPolicy'),
    )
  })

  test('and are for services alone are attached to nobody else', async () => {
    const PolicyArn =
      'arn:aws:iam::aws:policy/aws-service-role/AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy'
    await house.root.iam.createUser({ UserName: 'no-service' })
    await refused(
      house.root.iam.attachUserPolicy({ UserName: 'no-service', PolicyArn }),
      'PolicyNotAttachableException',
    )
  })

  test('are listed beside the account’s own, or without them', async () => {
    const { iam } = house.root
    const names = async (input: Parameters<typeof iam.listPolicies>[0]) =>
      (await iam.listPolicies(input)).Policies?.map(({ PolicyName }) => PolicyName)
    expect(await names({ Scope: 'AWS' })).toContain('ROSAKMSProviderPolicy')
    expect(await names({ Scope: 'AWS' })).not.toContain('Shared')
    expect(await names({ Scope: 'Local' })).not.toContain('AdministratorAccess')
    expect(await names({ Scope: 'Local', PathPrefix: '/team/' })).toEqual(['Shown'])
    expect(await names({ Scope: 'AWS', OnlyAttached: true })).toEqual(['AdministratorAccess'])
    expect(await names({})).toEqual(expect.arrayContaining(['Shared', 'AdministratorAccess']))
  })
})

test('what is no ARN of a policy is refused as such', async () => {
  const { iam } = house.root
  await iam.createUser({ UserName: 'anybody' })
  for (const PolicyArn of ['arn:aws:iam::aws:policy', `arn:aws:iam::${account}:user/anybody`, 'x'.repeat(30)])
    await refused(
      iam.attachUserPolicy({ UserName: 'anybody', PolicyArn }),
      'ValidationError',
      'Invalid ARN:  Could not be parsed!',
    )
})
