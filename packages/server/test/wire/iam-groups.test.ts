import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, allow, answerOf, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const policy = allow(['kms:ListKeys'], { on: '*' })

describe('groups', () => {
  test('are made and shown with everything AWS documents of them, and the users in them', async () => {
    const { iam } = house.root
    const made = await answerOf(iam.createGroup({ GroupName: 'Admins', Path: '/ops/' }))
    expect(made).toEqual({
      Group: {
        Arn: `arn:aws:iam::${account}:group/ops/Admins`,
        CreateDate: new Date(house.clock.now()),
        GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
        GroupName: 'Admins',
        Path: '/ops/',
      },
    })
    const alice = await house.user('alice')
    await iam.addUserToGroup({ GroupName: 'admins', UserName: 'alice' })
    await iam.addUserToGroup({ GroupName: 'Admins', UserName: 'alice' })
    const shown = await answerOf(iam.getGroup({ GroupName: 'Admins' }))
    expect(shown).toMatchObject({ ...made, IsTruncated: false })
    expect(shown.Users?.map(({ Arn }) => Arn)).toEqual([alice.arn])
    expect((await iam.listGroupsForUser({ UserName: 'alice' })).Groups).toEqual([made.Group])
    expect((await iam.listGroups({ PathPrefix: '/ops/' })).Groups).toEqual([made.Group])
    expect((await iam.listGroups({ PathPrefix: '/other/' })).Groups).toEqual([])
    await refused(
      iam.createGroup({ GroupName: 'ADMINS' }),
      'EntityAlreadyExistsException',
      'Group with name ADMINS already exists.',
    )
  })

  test('give what they are allowed to those who are in them, from the very next call, and no longer', async () => {
    const { iam } = house.root
    const user = await house.user('member')
    const GroupName = 'Listers'
    await iam.createGroup({ GroupName })
    await iam.putGroupPolicy({ GroupName, PolicyName: 'listing', PolicyDocument: policy })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    await iam.addUserToGroup({ GroupName, UserName: 'member' })
    await user.kms.listKeys({})
    await iam.deleteGroupPolicy({ GroupName, PolicyName: 'listing' })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser'
    await iam.attachGroupPolicy({ GroupName, PolicyArn })
    await user.kms.listKeys({})
    await iam.removeUserFromGroup({ GroupName, UserName: 'member' })
    await refused(user.kms.listKeys({}), 'AccessDeniedException')
  })

  test('keep users and policies under a new name', async () => {
    const { iam } = house.root
    const user = await house.user('staying')
    await iam.createGroup({ GroupName: 'old-name' })
    await iam.putGroupPolicy({ GroupName: 'old-name', PolicyName: 'listing', PolicyDocument: policy })
    await iam.addUserToGroup({ GroupName: 'old-name', UserName: 'staying' })
    await iam.updateGroup({ GroupName: 'old-name', NewGroupName: 'new-name' })
    await user.kms.listKeys({})
    expect((await iam.listGroupsForUser({ UserName: 'staying' })).Groups?.[0]?.GroupName).toBe('new-name')
    await refused(iam.getGroup({ GroupName: 'old-name' }), 'NoSuchEntityException')
    await refused(
      iam.updateGroup({ GroupName: 'new-name', NewGroupName: 'Listers' }),
      'EntityAlreadyExistsException',
    )
  })

  test('have inline policies, shown, listed and replaced', async () => {
    const { iam } = house.root
    const GroupName = 'with-policies'
    await iam.createGroup({ GroupName })
    for (const PolicyName of ['b', 'a'])
      await iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument: policy })
    expect((await iam.listGroupPolicies({ GroupName })).PolicyNames).toEqual(['a', 'b'])
    expect(await answerOf(iam.getGroupPolicy({ GroupName, PolicyName: 'a' }))).toEqual({
      GroupName,
      PolicyName: 'a',
      PolicyDocument: encodeURIComponent(policy),
    })
    await refused(
      iam.getGroupPolicy({ GroupName, PolicyName: 'c' }),
      'NoSuchEntityException',
      'The group policy with name c cannot be found.',
    )
    const wordy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Sid: 'x'.repeat(5000), Effect: 'Allow', Action: 'kms:*', Resource: '*' },
    })
    await refused(
      iam.putGroupPolicy({ GroupName, PolicyName: 'c', PolicyDocument: wordy }),
      'LimitExceededException',
      'Maximum policy size of 5120 bytes exceeded for group with-policies',
    )
  })

  test('are deleted once nothing is left in them', async () => {
    const { iam } = house.root
    const GroupName = 'leaving'
    const conflict = (deed: string) => `Cannot delete entity, must ${deed} first.`
    await iam.createGroup({ GroupName })
    await iam.createUser({ UserName: 'last' })
    await iam.addUserToGroup({ GroupName, UserName: 'last' })
    await iam.putGroupPolicy({ GroupName, PolicyName: 'p', PolicyDocument: policy })
    await refused(
      iam.deleteGroup({ GroupName }),
      'DeleteConflictException',
      conflict('remove users from group'),
    )
    await iam.removeUserFromGroup({ GroupName, UserName: 'last' })
    await refused(iam.deleteGroup({ GroupName }), 'DeleteConflictException', conflict('delete policies'))
    await iam.deleteGroupPolicy({ GroupName, PolicyName: 'p' })
    await iam.deleteGroup({ GroupName })
    await refused(
      iam.getGroup({ GroupName }),
      'NoSuchEntityException',
      'The group with name leaving cannot be found.',
    )
  })

  test('are ten at most for one user', async () => {
    const { iam } = house.root
    const UserName = 'sociable'
    await iam.createUser({ UserName })
    for (let number = 0; number <= 10; number += 1) await iam.createGroup({ GroupName: `g${number}` })
    for (let number = 0; number < 10; number += 1)
      await iam.addUserToGroup({ UserName, GroupName: `g${number}` })
    await refused(
      iam.addUserToGroup({ UserName, GroupName: 'g10' }),
      'LimitExceededException',
      'Cannot exceed quota for GroupsPerUser: 10',
    )
  })

  test('and users that are not there are said to be missing', async () => {
    const { iam } = house.root
    await refused(
      iam.addUserToGroup({ GroupName: 'nobody', UserName: 'alice' }),
      'NoSuchEntityException',
      'The group with name nobody cannot be found.',
    )
    await refused(
      iam.addUserToGroup({ GroupName: 'Admins', UserName: 'nobody' }),
      'NoSuchEntityException',
      'The user with name nobody cannot be found.',
    )
    await refused(iam.removeUserFromGroup({ GroupName: 'g10', UserName: 'alice' }), 'NoSuchEntityException')
  })
})
