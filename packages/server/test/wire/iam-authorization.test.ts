import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  denial,
  noIdentityPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
  type User,
} from '../serving.ts'

/** IAM is authorized like everything else: by the caller's policies, on ARNs, with condition keys of its own. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const statement = (one: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*', ...one }] })

/** A user with one statement of an identity policy. */
async function userWith(name: string, one: object): Promise<User> {
  const user = await house.user(name)
  await house.root.iam.putUserPolicy({ UserName: name, PolicyName: 'own', PolicyDocument: statement(one) })
  return user
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'sts:AssumeRole' }],
})

describe('whoever nothing allows', () => {
  test('is told what he may not, of what, as IAM calls it', async () => {
    const stranger = await house.user('stranger')
    const { iam } = house.root
    await iam.createGroup({ GroupName: 'G' })
    await iam.createRole({ RoleName: 'R', Path: '/p/', AssumeRolePolicyDocument: trust })
    await iam.createInstanceProfile({ InstanceProfileName: 'I' })
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`
    const theirs = stranger.iam
    const cases: [action: string, resource: string, call: () => Promise<unknown>][] = [
      ['iam:GetGroup', 'group G', () => theirs.getGroup({ GroupName: 'G' })],
      ['iam:GetRole', 'role R', () => theirs.getRole({ RoleName: 'R' })],
      ['iam:GetRole', 'role nobody', () => theirs.getRole({ RoleName: 'nobody' })],
      ['iam:GetPolicy', `policy ${PolicyArn}`, () => theirs.getPolicy({ PolicyArn })],
      [
        'iam:GetInstanceProfile',
        'instance profile I',
        () => theirs.getInstanceProfile({ InstanceProfileName: 'I' }),
      ],
      ['iam:ListUsers', arn('user/'), () => theirs.listUsers({})],
      ['iam:ListRoles', arn('role/p/'), () => theirs.listRoles({ PathPrefix: '/p/' })],
      ['iam:ListPolicies', 'policy path /', () => theirs.listPolicies({})],
      ['iam:GetAccountSummary', '*', () => theirs.getAccountSummary({})],
      [
        'iam:CreateRole',
        arn('role/new'),
        () => theirs.createRole({ RoleName: 'new', AssumeRolePolicyDocument: trust }),
      ],
      [
        'iam:CreatePolicy',
        'policy new',
        () => theirs.createPolicy({ PolicyName: 'new', PolicyDocument: statement({ Action: 'kms:*' }) }),
      ],
      [
        'iam:CreateServiceLinkedRole',
        arn('role/aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail'),
        () => theirs.createServiceLinkedRole({ AWSServiceName: 'cloudtrail.amazonaws.com' }),
      ],
    ]
    for (const [action, resource, call] of cases)
      await refused(call(), 'AccessDenied', denial(stranger, action, resource, noIdentityPolicy(action)))
  })
})

describe('policies about IAM', () => {
  test('name paths: who may administer one team may not touch another', async () => {
    const lead = await userWith('lead', {
      Action: 'iam:*',
      Resource: `arn:aws:iam::${account}:user/blue/*`,
    })
    await lead.iam.createUser({ UserName: 'hers', Path: '/blue/' })
    await lead.iam.tagUser({ UserName: 'hers', Tags: [{ Key: 'a', Value: '' }] })
    await refused(lead.iam.createUser({ UserName: 'other', Path: '/red/' }), 'AccessDenied')
    await house.root.iam.createUser({ UserName: 'other', Path: '/red/' })
    await refused(lead.iam.deleteUser({ UserName: 'other' }), 'AccessDenied')
    // Neither may she move hers away, nor others to her.
    await refused(lead.iam.updateUser({ UserName: 'hers', NewPath: '/red/' }), 'AccessDenied')
    await refused(lead.iam.updateUser({ UserName: 'other', NewPath: '/blue/' }), 'AccessDenied')
    await lead.iam.updateUser({ UserName: 'hers', NewPath: '/blue/deeper/' })
    await lead.iam.deleteUser({ UserName: 'hers' })
  })

  test('let make users only within a boundary, and not take it from them (iam:PermissionsBoundary)', async () => {
    const boundary = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser'
    const delegate = await userWith('delegate', {
      Action: ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:PutUserPermissionsBoundary'],
      Condition: { ArnEquals: { 'iam:PermissionsBoundary': boundary } },
    })
    const { iam } = delegate
    await refused(iam.createUser({ UserName: 'made' }), 'AccessDenied')
    await refused(
      iam.createUser({
        UserName: 'made',
        PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
      'AccessDenied',
    )
    await iam.createUser({ UserName: 'made', PermissionsBoundary: boundary })
    const policy = { PolicyName: 'p', PolicyDocument: statement({ Action: '*' }) }
    await iam.putUserPolicy({ UserName: 'made', ...policy })
    await refused(iam.putUserPolicy({ UserName: 'delegate', ...policy }), 'AccessDenied')
    await refused(iam.deleteUserPermissionsBoundary({ UserName: 'made' }), 'AccessDenied')
    await iam.putUserPermissionsBoundary({ UserName: 'delegate', PermissionsBoundary: boundary })
  })

  test('say which policies may be attached (iam:PolicyARN)', async () => {
    const allowed = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    const attacher = await userWith('attacher', {
      Action: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'],
      Condition: { ArnEquals: { 'iam:PolicyARN': allowed } },
    })
    const UserName = 'attacher'
    await attacher.iam.attachUserPolicy({ UserName, PolicyArn: allowed })
    await attacher.iam.detachUserPolicy({ UserName, PolicyArn: allowed })
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await refused(attacher.iam.attachUserPolicy({ UserName, PolicyArn }), 'AccessDenied')
  })

  test('say which role may be handed to which service (iam:PassRole, iam:PassedToService)', async () => {
    const passing = async (name: string, to: string) => {
      const user = await userWith(name, { Action: 'iam:AddRoleToInstanceProfile' })
      const PolicyDocument = statement({
        Action: 'iam:PassRole',
        Condition: { StringEquals: { 'iam:PassedToService': to } },
      })
      await house.root.iam.putUserPolicy({ UserName: name, PolicyName: 'passing', PolicyDocument })
      return user
    }
    const wrong = await passing('to-lambda', 'lambda.amazonaws.com')
    const input = { InstanceProfileName: 'handed', RoleName: 'handed' }
    await house.root.iam.createInstanceProfile({ InstanceProfileName: 'handed' })
    await house.root.iam.createRole({ RoleName: 'handed', AssumeRolePolicyDocument: trust })
    await refused(
      wrong.iam.addRoleToInstanceProfile(input),
      'AccessDenied',
      denial(wrong, 'iam:PassRole', `arn:aws:iam::${account}:role/handed`, noIdentityPolicy('iam:PassRole')),
    )
    const right = await passing('to-ec2', 'ec2.amazonaws.com')
    await right.iam.addRoleToInstanceProfile(input)
  })

  test('say for which services roles are made (iam:AWSServiceName)', async () => {
    const maker = await userWith('maker', {
      Action: 'iam:CreateServiceLinkedRole',
      Condition: { StringEquals: { 'iam:AWSServiceName': 'backup.amazonaws.com' } },
    })
    await refused(maker.iam.createServiceLinkedRole({ AWSServiceName: 'rds.amazonaws.com' }), 'AccessDenied')
    await maker.iam.createServiceLinkedRole({ AWSServiceName: 'backup.amazonaws.com' })
  })

  test('ask for the tags of what is acted on, and of the request', async () => {
    const tagged = await userWith('tagger', {
      Action: ['iam:DeleteUser', 'iam:TagUser'],
      Condition: {
        StringEquals: { 'iam:ResourceTag/Team': 'blue', 'aws:ResourceTag/team': 'blue' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] },
      },
    })
    const { iam } = house.root
    await iam.createUser({ UserName: 'blue', Tags: [{ Key: 'team', Value: 'blue' }] })
    await iam.createUser({ UserName: 'red', Tags: [{ Key: 'team', Value: 'red' }] })
    await refused(tagged.iam.deleteUser({ UserName: 'red' }), 'AccessDenied')
    const Tags = [{ Key: 'team', Value: 'red' }]
    await refused(tagged.iam.tagUser({ UserName: 'blue', Tags }), 'AccessDenied')
    await tagged.iam.tagUser({ UserName: 'blue', Tags: [{ Key: 'cost', Value: '1' }] })
    await tagged.iam.deleteUser({ UserName: 'blue' })
  })

  test('ask for the right to tag, of who makes something with tags', async () => {
    const maker = await userWith('untagging', { Action: ['iam:CreateRole', 'iam:CreatePolicy'] })
    const Tags = [{ Key: 'a', Value: '' }]
    const role = { RoleName: 'by-untagging', AssumeRolePolicyDocument: trust }
    await refused(maker.iam.createRole({ ...role, Tags }), 'AccessDenied', /iam:TagRole/)
    const policy = { PolicyName: 'by-untagging', PolicyDocument: statement({ Action: 'kms:*' }) }
    await refused(maker.iam.createPolicy({ ...policy, Tags }), 'AccessDenied', /iam:TagPolicy/)
    await maker.iam.createRole(role)
    await maker.iam.createPolicy(policy)
  })
})

test('somebody with PowerUserAccess administers keys, and nobody’s permissions', async () => {
  const user = await house.user('power')
  const PolicyArn = 'arn:aws:iam::aws:policy/PowerUserAccess'
  await house.root.iam.attachUserPolicy({ UserName: 'power', PolicyArn })
  await user.kms.createKey({})
  expect((await user.iam.listRoles({})).Roles?.length).toBeGreaterThan(0)
  await refused(user.iam.listUsers({}), 'AccessDenied')
})
