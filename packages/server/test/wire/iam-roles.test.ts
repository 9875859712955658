import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allow,
  answerOf,
  keyPolicy,
  newKey,
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

const trusting = (Principal: object | string, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }],
  })
const ownAccount = trusting({ AWS: rootArn })
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`

async function newRole(RoleName: string): Promise<{ arn: string; id: string }> {
  const { Role } = await house.root.iam.createRole({ RoleName, AssumeRolePolicyDocument: ownAccount })
  return { arn: String(Role?.Arn), id: String(Role?.RoleId) }
}

describe('roles', () => {
  test('are made and shown with everything AWS documents of them', async () => {
    const { iam } = house.root
    const made = await answerOf(
      iam.createRole({
        RoleName: 'App',
        Path: '/service/',
        AssumeRolePolicyDocument: ownAccount,
        Description: 'for the app',
        MaxSessionDuration: 7200,
        PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess',
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    )
    expect(made).toEqual({
      Role: {
        Arn: roleArn('service/App'),
        AssumeRolePolicyDocument: encodeURIComponent(ownAccount),
        CreateDate: new Date(house.clock.now()),
        Description: 'for the app',
        MaxSessionDuration: 7200,
        Path: '/service/',
        PermissionsBoundary: {
          PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess',
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        },
        RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
        RoleLastUsed: {},
        RoleName: 'App',
        Tags: [{ Key: 'team', Value: 'blue' }],
      },
    })
    expect(await answerOf(iam.getRole({ RoleName: 'app' }))).toEqual(made)
    const { Roles } = await iam.listRoles({ PathPrefix: '/service/' })
    expect(Roles?.map(({ RoleName, Tags }) => [RoleName, Tags])).toEqual([['App', undefined]])
    await refused(
      iam.createRole({ RoleName: 'APP', AssumeRolePolicyDocument: ownAccount }),
      'EntityAlreadyExistsException',
      'Role with name APP already exists.',
    )
  })

  test('are described, limited, bounded and tagged anew', async () => {
    const { iam } = house.root
    const RoleName = 'changing'
    await newRole(RoleName)
    await iam.updateRole({ RoleName, Description: 'one', MaxSessionDuration: 43200 })
    await iam.updateRoleDescription({ RoleName, Description: 'two' })
    await iam.tagRole({
      RoleName,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    })
    await iam.untagRole({ RoleName, TagKeys: ['a'] })
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary })
    expect((await iam.getRole({ RoleName })).Role).toMatchObject({
      Description: 'two',
      MaxSessionDuration: 43200,
      Tags: [{ Key: 'b', Value: '2' }],
      PermissionsBoundary: { PermissionsBoundaryArn: PermissionsBoundary },
    })
    expect((await iam.listRoleTags({ RoleName })).Tags).toEqual([{ Key: 'b', Value: '2' }])
    await iam.deleteRolePermissionsBoundary({ RoleName })
    expect((await iam.getRole({ RoleName })).Role?.PermissionsBoundary).toBeUndefined()
    await refused(iam.updateRole({ RoleName, MaxSessionDuration: 60 }), 'ValidationError')
  })

  test('have inline and managed policies, and are deleted once they have none', async () => {
    const { iam } = house.root
    const RoleName = 'leaving'
    await newRole(RoleName)
    const place = { RoleName, PolicyName: 'own' }
    const PolicyDocument = allow(['kms:*'], { on: '*' })
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await iam.putRolePolicy({ ...place, PolicyDocument })
    await iam.attachRolePolicy({ RoleName, PolicyArn })
    expect(await answerOf(iam.getRolePolicy(place))).toEqual({
      ...place,
      PolicyDocument: encodeURIComponent(PolicyDocument),
    })
    expect((await iam.listRolePolicies({ RoleName })).PolicyNames).toEqual(['own'])
    expect((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toEqual([
      { PolicyArn, PolicyName: 'IAMReadOnlyAccess' },
    ])
    const entities = await iam.listEntitiesForPolicy({ PolicyArn })
    expect(entities.PolicyRoles?.map((role) => role.RoleName)).toEqual([RoleName])
    const conflict = (deed: string) => `Cannot delete entity, must ${deed} first.`
    await refused(iam.deleteRole({ RoleName }), 'DeleteConflictException', conflict('delete policies'))
    await iam.deleteRolePolicy(place)
    await refused(
      iam.getRolePolicy(place),
      'NoSuchEntityException',
      'The role policy with name own cannot be found.',
    )
    await refused(iam.deleteRole({ RoleName }), 'DeleteConflictException', conflict('detach all policies'))
    await iam.detachRolePolicy({ RoleName, PolicyArn })
    await iam.deleteRole({ RoleName })
    await refused(
      iam.getRole({ RoleName }),
      'NoSuchEntityException',
      'The role with name leaving cannot be found.',
    )
  })
})

describe('trust policies', () => {
  test('are held to their grammar, in IAM’s words', async () => {
    const make = (AssumeRolePolicyDocument: string) =>
      house.root.iam.createRole({ RoleName: 'untrusted', AssumeRolePolicyDocument })
    const statement = (one: object) => JSON.stringify({ Version: '2012-10-17', Statement: [one] })
    const cases = [
      ['no json', 'This policy contains invalid Json'],
      [trusting({ AWS: rootArn }, { Resource: '*' }), 'Has prohibited field Resource'],
      [statement({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'Missing required field Principal'],
      [
        trusting({ AWS: rootArn }, { Action: 'kms:Decrypt' }),
        'AssumeRole policy may only specify STS AssumeRole actions.',
      ],
      [trusting({ AWS: roleArn('nobody') }), `Invalid principal in policy: "AWS":"${roleArn('nobody')}"`],
    ] as const
    for (const [document, message] of cases)
      await refused(make(document), 'MalformedPolicyDocumentException', message)
    await refused(
      make(trusting({ AWS: rootArn }, { Sid: 'x'.repeat(2100) })),
      'LimitExceededException',
      'Cannot exceed quota for ACLSizePerRole: 2048',
    )
  })

  test('name services, accounts, users, roles and identity providers', async () => {
    const user = await house.user('trusted')
    const other = await newRole('trusted-too')
    const document = trusting({
      AWS: [account, user.arn, other.arn],
      Service: 'ec2.amazonaws.com',
      Federated: `arn:aws:iam::${account}:oidc-provider/issuer.example`,
    })
    const { iam } = house.root
    await newRole('trusting')
    await iam.updateAssumeRolePolicy({ RoleName: 'trusting', PolicyDocument: document })
    const { Role } = await iam.getRole({ RoleName: 'trusting' })
    expect(decodeURIComponent(String(Role?.AssumeRolePolicyDocument))).toBe(document)
  })

  test('show the unique id of whom they named and who is gone, whoever has the name now', async () => {
    const { iam } = house.root
    const gone = await newRole('gone')
    await iam.createRole({ RoleName: 'faithful', AssumeRolePolicyDocument: trusting({ AWS: gone.arn }) })
    await iam.deleteRole({ RoleName: 'gone' })
    const again = await newRole('gone')
    expect(again.id).not.toBe(gone.id)
    const { Role } = await iam.getRole({ RoleName: 'faithful' })
    expect(decodeURIComponent(String(Role?.AssumeRolePolicyDocument))).toBe(trusting({ AWS: gone.id }))
  })
})

describe('key policies and grants', () => {
  test('name roles, which are shown by unique id once they are gone', async () => {
    const { kms, iam } = house.root
    const role = await newRole('keyed')
    const Policy = keyPolicy({ Effect: 'Allow', Principal: { AWS: role.arn }, Action: 'kms:Decrypt' })
    const { id } = await newKey(house.root, { Policy })
    const { GrantId } = await kms.createGrant({
      KeyId: id,
      GranteePrincipal: role.arn,
      Operations: ['Encrypt'],
    })
    const grantee = async () => (await kms.listGrants({ KeyId: id, GrantId })).Grants?.[0]?.GranteePrincipal
    expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toContain(role.arn)
    expect(await grantee()).toBe(role.arn)
    await iam.deleteRole({ RoleName: 'keyed' })
    expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toContain(`"${role.id}"`)
    expect(await grantee()).toBe(role.id)
  })
})

describe('service-linked roles', () => {
  const service = 'mrk.kms.amazonaws.com'
  const RoleName = 'AWSServiceRoleForKeyManagementServiceMultiRegionKeys'

  test('are made for a service under its path, with its policy, and are its service’s to change', async () => {
    const { iam } = house.root
    const { Role } = await iam.createServiceLinkedRole({ AWSServiceName: service })
    expect(Role).toMatchObject({
      Arn: roleArn(`aws-service-role/${service}/${RoleName}`),
      Path: `/aws-service-role/${service}/`,
      RoleName,
    })
    expect(JSON.parse(decodeURIComponent(String(Role?.AssumeRolePolicyDocument)))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    })
    const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName })
    expect(AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual([
      'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy',
    ])
    const protectedRole = `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const calls = [
      iam.deleteRole({ RoleName }),
      iam.attachRolePolicy({ RoleName, PolicyArn }),
      iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: ownAccount }),
      iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: PolicyArn }),
      iam.updateRole({ RoleName, MaxSessionDuration: 3600 }),
    ]
    for (const result of await Promise.allSettled(calls))
      await refused(
        result.status === 'rejected' ? Promise.reject(result.reason) : Promise.resolve(),
        'UnmodifiableEntityException',
        protectedRole,
      )
    await iam.updateRoleDescription({ RoleName, Description: 'described' })
    await refused(
      iam.createServiceLinkedRole({ AWSServiceName: service }),
      'InvalidInputException',
      `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    )
  })

  test('have a suffix where their service takes one', async () => {
    const { iam } = house.root
    const { Role } = await iam.createServiceLinkedRole({
      AWSServiceName: 'autoscaling.amazonaws.com',
      CustomSuffix: 'mine',
    })
    expect(Role?.RoleName).toBe('AWSServiceRoleForAutoScaling_mine')
    await refused(
      iam.createServiceLinkedRole({ AWSServiceName: service, CustomSuffix: 'mine' }),
      'InvalidInputException',
      `Custom suffix is not allowed for ${service}`,
    )
    await refused(iam.createServiceLinkedRole({ AWSServiceName: 'noService' }), 'InvalidInputException')
  })

  test('are deleted by a task that tells what came of it', async () => {
    const { iam } = house.root
    const AWSServiceName = 'organizations.amazonaws.com'
    await iam.createServiceLinkedRole({ AWSServiceName })
    const linked = 'AWSServiceRoleForOrganizations'
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName: linked })
    expect(DeletionTaskId).toMatch(
      /^task\/aws-service-role\/organizations\.amazonaws\.com\/AWSServiceRoleForOrganizations\/[\w-]+$/,
    )
    expect(await answerOf(iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId }))).toEqual({
      Status: 'SUCCEEDED',
    })
    await refused(iam.getRole({ RoleName: linked }), 'NoSuchEntityException')
    await refused(
      iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: `${DeletionTaskId}x` }),
      'NoSuchEntityException',
    )
    await newRole('ordinary')
    await refused(iam.deleteServiceLinkedRole({ RoleName: 'ordinary' }), 'NoSuchEntityException')
  })

  test('have a path that no other role has', async () => {
    await refused(
      house.root.iam.createRole({
        RoleName: 'pretender',
        Path: `/aws-service-role/${service}/`,
        AssumeRolePolicyDocument: ownAccount,
      }),
      'ValidationError',
    )
  })
})

describe('instance profiles', () => {
  test('have one role, which cannot be deleted meanwhile', async () => {
    const { iam } = house.root
    const RoleName = 'on-machines'
    const InstanceProfileName = 'machines'
    const role = await newRole(RoleName)
    const made = await answerOf(iam.createInstanceProfile({ InstanceProfileName, Path: '/m/' }))
    expect(made.InstanceProfile).toEqual({
      Arn: `arn:aws:iam::${account}:instance-profile/m/machines`,
      CreateDate: new Date(house.clock.now()),
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      InstanceProfileName,
      Path: '/m/',
      Roles: [],
    })
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName })
    const { InstanceProfile } = await iam.getInstanceProfile({ InstanceProfileName })
    expect(InstanceProfile?.Roles?.map(({ Arn }) => Arn)).toEqual([role.arn])
    expect((await iam.listInstanceProfiles({})).InstanceProfiles).toEqual([InstanceProfile])
    expect((await iam.listInstanceProfilesForRole({ RoleName })).InstanceProfiles).toEqual([InstanceProfile])
    await refused(
      iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName }),
      'LimitExceededException',
      'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    )
    const conflict = 'Cannot delete entity, must remove roles from instance profile first.'
    await refused(iam.deleteRole({ RoleName }), 'DeleteConflictException', conflict)
    await refused(iam.deleteInstanceProfile({ InstanceProfileName }), 'DeleteConflictException', conflict)
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName })
    await refused(
      iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
      'NoSuchEntityException',
    )
    await iam.tagInstanceProfile({ InstanceProfileName, Tags: [{ Key: 'a', Value: '1' }] })
    expect((await iam.listInstanceProfileTags({ InstanceProfileName })).Tags).toHaveLength(1)
    await iam.untagInstanceProfile({ InstanceProfileName, TagKeys: ['a'] })
    await iam.deleteInstanceProfile({ InstanceProfileName })
    await iam.deleteRole({ RoleName })
    await refused(
      iam.getInstanceProfile({ InstanceProfileName }),
      'NoSuchEntityException',
      'Instance Profile machines cannot be found.',
    )
  })
})
