import { authorize, noConditionKeys } from '@claviger/policy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, allow, type Serving, serve } from '../serving.ts'

/** What temporary credentials are made of: the caller behind a session of a role, and who may have one. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const session = { account, sessionName: 'session', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }

async function newRole(RoleName: string, trusted: object): Promise<string> {
  const statement = { Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' }
  const { Role } = await house.root.iam.createRole({
    RoleName,
    Path: '/service/',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    Tags: [{ Key: 'team', Value: 'blue' }],
  })
  return String(Role?.RoleId)
}

test('a session of a role is called by the role’s name without its path, and has its policies, boundary and tags', async () => {
  const { principals } = house.claviger.catalog
  const roleId = await newRole('App', { AWS: account })
  const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  await house.root.iam.attachRolePolicy({ RoleName: 'App', PolicyArn })
  const PolicyDocument = allow(['kms:Encrypt'], { on: '*' })
  await house.root.iam.putRolePolicy({ RoleName: 'App', PolicyName: 'own', PolicyDocument })
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess'
  await house.root.iam.putRolePermissionsBoundary({ RoleName: 'App', PermissionsBoundary })
  const caller = await principals.callerOfRole({ ...session, roleId })
  expect(caller).toMatchObject({
    principal: {
      kind: 'assumed-role',
      arn: `arn:aws:sts::${account}:assumed-role/App/session`,
      roleArn: `arn:aws:iam::${account}:role/service/App`,
      account,
      roleId,
      sessionName: 'session',
    },
    account,
    accessKeyId: session.accessKeyId,
    identityPolicies: [{ name: 'own' }, { name: 'ReadOnlyAccess', arn: PolicyArn }],
    boundary: { name: 'PowerUserAccess', arn: PermissionsBoundary },
    tags: [{ key: 'team', value: 'blue' }],
  })
  await house.root.iam.deleteRolePermissionsBoundary({ RoleName: 'App' })
  expect((await principals.callerOfRole({ ...session, roleId }))?.boundary).toBeUndefined()
})

test('a session of a service-linked role is known as one, which organization policies do not bind', async () => {
  const { Role } = await house.root.iam.createServiceLinkedRole({ AWSServiceName: 'backup.amazonaws.com' })
  const roleId = String(Role?.RoleId)
  const caller = await house.claviger.catalog.principals.callerOfRole({ ...session, roleId })
  expect(caller?.principal).toMatchObject({ serviceLinked: true })
})

test('a trust policy lets in whom it named when it was put, and nobody of the same name later', async () => {
  const { principals, policies } = house.claviger.catalog
  const { iam } = house.root
  const first = await house.user('trusted')
  const roleId = await newRole('Trusting', { AWS: first.arn })
  const role = await principals.roleById(account, roleId)
  if (role === undefined) throw new Error('the role was made')
  const mayAssume = (uniqueId: string) =>
    authorize(
      {
        resourceAccount: account,
        trustPolicy: policies.ofRole(role.value.trustPolicy),
        identityPolicies: [],
        grants: [],
        crossAccount: true,
      },
      {
        principal: { kind: 'user', arn: first.arn, account, uniqueId, name: 'trusted' },
        action: 'sts:AssumeRole',
        resource: `arn:aws:iam::${account}:role/service/Trusting`,
        conditionKeys: noConditionKeys,
      },
    ).decision
  expect(mayAssume(first.userId)).toBe('Allow')
  await iam.deleteAccessKey({ UserName: 'trusted', AccessKeyId: first.credentials.accessKeyId })
  await iam.deleteUser({ UserName: 'trusted' })
  const second = await house.user('trusted')
  expect(mayAssume(second.userId)).toBe('ImplicitDeny')
})

test('nobody is behind a session of a role that is gone', async () => {
  const { principals } = house.claviger.catalog
  const roleId = await newRole('Gone', { AWS: account })
  expect(await principals.callerOfRole({ ...session, roleId })).toBeDefined()
  await house.root.iam.deleteRole({ RoleName: 'Gone' })
  expect(await principals.callerOfRole({ ...session, roleId })).toBeUndefined()
})
