import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allow,
  answerOf,
  bytes,
  keyPolicy,
  newKey,
  refused,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const missing = (name: string) => `The user with name ${name} cannot be found.`

describe('users', () => {
  test('are listed by name, all or below a path, page by page', async () => {
    const own = await serve()
    const { iam } = own.root
    for (const UserName of ['carol', 'alice', 'Bob'])
      await iam.createUser({ UserName, Path: UserName === 'Bob' ? '/' : '/team/' })
    const names = async (input: Parameters<typeof iam.listUsers>[0]) => {
      const { Users, Marker, IsTruncated } = await iam.listUsers(input)
      return { names: Users?.map(({ UserName }) => UserName), IsTruncated, Marker }
    }
    expect(await names({})).toEqual({ names: ['alice', 'Bob', 'carol'], IsTruncated: false })
    expect((await names({ PathPrefix: '/team/' })).names).toEqual(['alice', 'carol'])
    const first = await names({ MaxItems: 1, PathPrefix: '/team/' })
    expect(first).toMatchObject({ names: ['alice'], IsTruncated: true })
    const second = await names({ MaxItems: 1, PathPrefix: '/team/', Marker: String(first.Marker) })
    expect(second).toEqual({ names: ['carol'], IsTruncated: false })
    await refused(iam.listUsers({ Marker: 'made-up' }), 'ValidationError', 'Invalid Marker.')
    await own.close()
  })

  test('keep their unique id, keys and policies under a new name and path, and what key policies gave them', async () => {
    const { iam } = house.root
    const user = await house.user('before', 'kms:ListKeys')
    const { id } = await newKey(house.root, {
      Policy: keyPolicy({ Effect: 'Allow', Principal: { AWS: user.arn }, Action: 'kms:Encrypt' }),
    })
    expect(
      await answerOf(iam.updateUser({ UserName: 'before', NewUserName: 'after', NewPath: '/p/' })),
    ).toEqual({})
    const arn = `arn:aws:iam::${account}:user/p/after`
    expect(await answerOf(user.sts.getCallerIdentity({}))).toMatchObject({ Arn: arn, UserId: user.userId })
    await user.kms.listKeys({})
    await user.kms.encrypt({ KeyId: id, Plaintext: bytes('x') })
    expect((await house.root.kms.getKeyPolicy({ KeyId: id })).Policy).toContain(arn)
    await refused(iam.getUser({ UserName: 'before' }), 'NoSuchEntityException', missing('before'))
    await iam.createUser({ UserName: 'before' })
    await refused(
      iam.updateUser({ UserName: 'after', NewUserName: 'BEFORE' }),
      'EntityAlreadyExistsException',
      'User with name BEFORE already exists.',
    )
    await iam.updateUser({ UserName: 'after', NewUserName: 'After' })
    expect((await iam.getUser({ UserName: 'after' })).User?.UserName).toBe('After')
  })

  test('have tags, set and taken away by key whatever its case', async () => {
    const { iam } = house.root
    const UserName = 'tagged'
    await iam.createUser({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] })
    await iam.tagUser({
      UserName,
      Tags: [
        { Key: 'Team', Value: 'red' },
        { Key: 'cost', Value: '' },
      ],
    })
    expect((await iam.listUserTags({ UserName })).Tags).toEqual([
      { Key: 'Team', Value: 'red' },
      { Key: 'cost', Value: '' },
    ])
    expect((await iam.getUser({ UserName })).User?.Tags).toHaveLength(2)
    await iam.untagUser({ UserName, TagKeys: ['TEAM', 'nothing'] })
    expect((await iam.listUserTags({ UserName })).Tags).toEqual([{ Key: 'cost', Value: '' }])
    await refused(
      iam.tagUser({
        UserName,
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      }),
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
    await refused(iam.tagUser({ UserName, Tags: [{ Key: 'aws:x', Value: '' }] }), 'InvalidInputException')
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `k${at}`, Value: '' }))
    await iam.tagUser({ UserName, Tags: many(49) })
    await refused(iam.tagUser({ UserName, Tags: [{ Key: 'more', Value: '' }] }), 'LimitExceededException')
  })

  test('cannot be deleted while they have policies attached or are in a group', async () => {
    const { iam } = house.root
    const UserName = 'bound'
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await iam.createUser({ UserName })
    await iam.createGroup({ GroupName: 'holding' })
    await iam.addUserToGroup({ GroupName: 'holding', UserName })
    await iam.attachUserPolicy({ UserName, PolicyArn })
    const conflict = (deed: string) => `Cannot delete entity, must ${deed} first.`
    await refused(iam.deleteUser({ UserName }), 'DeleteConflictException', conflict('detach all policies'))
    await iam.detachUserPolicy({ UserName, PolicyArn })
    await refused(
      iam.deleteUser({ UserName }),
      'DeleteConflictException',
      conflict('remove user from groups'),
    )
    await iam.removeUserFromGroup({ GroupName: 'holding', UserName })
    await iam.deleteUser({ UserName })
  })

  test('have the names of their inline policies listed', async () => {
    const { iam } = house.root
    await house.user('listed', 'kms:*')
    expect(await answerOf(iam.listUserPolicies({ UserName: 'listed' }))).toEqual({
      IsTruncated: false,
      PolicyNames: ['allowing'],
    })
  })
})

describe('access keys', () => {
  test('rest while they are inactive, and are listed without their secrets', async () => {
    const { iam } = house.root
    const user = await house.user('resting')
    const { accessKeyId: AccessKeyId } = user.credentials
    await iam.updateAccessKey({ UserName: 'resting', AccessKeyId, Status: 'Inactive' })
    await refused(user.sts.getCallerIdentity({}), 'InvalidClientTokenId')
    expect(await answerOf(iam.listAccessKeys({ UserName: 'resting' }))).toEqual({
      AccessKeyMetadata: [
        {
          UserName: 'resting',
          AccessKeyId,
          Status: 'Inactive',
          CreateDate: new Date(house.clock.now()),
        },
      ],
      IsTruncated: false,
    })
    await iam.updateAccessKey({ UserName: 'resting', AccessKeyId, Status: 'Active' })
    expect((await user.sts.getCallerIdentity({})).Arn).toBe(user.arn)
    await refused(
      iam.updateAccessKey({ UserName: 'listed', AccessKeyId, Status: 'Inactive' }),
      'NoSuchEntityException',
      `The Access Key with id ${AccessKeyId} cannot be found.`,
    )
  })

  test('are known to have been used, when, where and for what, also after a start of the service', async () => {
    const own = await serve()
    const { iam } = own.root
    const user = await own.user('busy')
    const { accessKeyId: AccessKeyId } = user.credentials
    expect(await answerOf(iam.getAccessKeyLastUsed({ AccessKeyId }))).toEqual({
      UserName: 'busy',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    const used = { LastUsedDate: new Date(own.clock.now()), ServiceName: 'kms', Region: 'us-east-1' }
    expect((await iam.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed).toEqual(used)
    await own.restart()
    expect((await iam.getAccessKeyLastUsed({ AccessKeyId })).AccessKeyLastUsed).toEqual(used)
    await refused(
      iam.getAccessKeyLastUsed({ AccessKeyId: 'AKIAXXXXXXXXXXXXXXXX' }),
      'NoSuchEntityException',
      'The Access Key with id AKIAXXXXXXXXXXXXXXXX cannot be found.',
    )
    await own.close()
  })
})

describe('a permissions boundary', () => {
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser'
  const shown = {
    PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
    PermissionsBoundaryArn: PermissionsBoundary,
  }

  test('is set at a user’s making or later, shown, counted and taken away', async () => {
    const { iam } = house.root
    const UserName = 'bounded'
    const { User } = await iam.createUser({ UserName, PermissionsBoundary })
    expect(User?.PermissionsBoundary).toEqual(shown)
    await iam.deleteUserPermissionsBoundary({ UserName })
    expect((await iam.getUser({ UserName })).User?.PermissionsBoundary).toBeUndefined()
    await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary })
    expect((await iam.getUser({ UserName })).User?.PermissionsBoundary).toEqual(shown)
    const { Policy } = await iam.getPolicy({ PolicyArn: PermissionsBoundary })
    expect(Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 })
    const entities = await iam.listEntitiesForPolicy({
      PolicyArn: PermissionsBoundary,
      PolicyUsageFilter: 'PermissionsBoundary',
    })
    expect(entities.PolicyUsers?.map((user) => user.UserName)).toEqual([UserName])
  })

  test('must be a policy that is there', async () => {
    const { iam } = house.root
    const nowhere = `arn:aws:iam::${account}:policy/nowhere`
    await refused(
      iam.createUser({ UserName: 'unbounded', PermissionsBoundary: nowhere }),
      'NoSuchEntityException',
      `Scope ARN: ${nowhere} does not exist or is not attachable.`,
    )
    await refused(
      iam.createUser({ UserName: 'unbounded', PermissionsBoundary: 'this is no ARN of a policy' }),
      'ValidationError',
      'Invalid ARN:  Could not be parsed!',
    )
    await refused(iam.getUser({ UserName: 'unbounded' }), 'NoSuchEntityException')
  })

  test('cannot be deleted while it bounds somebody', async () => {
    const { iam } = house.root
    const document = allow(['kms:*'], { on: '*' })
    const { Policy } = await iam.createPolicy({ PolicyName: 'fence', PolicyDocument: document })
    const PolicyArn = String(Policy?.Arn)
    await iam.createUser({ UserName: 'fenced', PermissionsBoundary: PolicyArn })
    await refused(iam.deletePolicy({ PolicyArn }), 'DeleteConflictException')
    await iam.deleteUserPermissionsBoundary({ UserName: 'fenced' })
    await iam.deletePolicy({ PolicyArn })
  })
})
