import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MemberAccount, memberAccount } from '../member-account.ts'
import { newService, present, signedFor } from '../services.ts'
import {
  account,
  bytes,
  foreignDenial,
  keyPolicy,
  newKey,
  refused,
  refusedFor,
  rootArn,
  type Serving,
  serve,
  type User,
} from '../serving.ts'
import { assume, newRole, trusting } from '../sessions.ts'

let house: Serving
let member: MemberAccount
let carol: User
let mona: User
let key: { readonly id: string; readonly arn: string }
let sealed: Uint8Array | undefined
beforeAll(async () => {
  house = await serve()
  member = await memberAccount(house, 'short-lived')
  carol = await member.user('carol', 'kms:*')
  mona = await house.user('mona', 'kms:*', 'sts:AssumeRole')
  const guests = { Effect: 'Allow', Principal: { AWS: rootArn }, Action: ['kms:Encrypt', 'kms:Decrypt'] }
  const own = { ...guests, Principal: { AWS: member.rootArn }, Action: 'kms:*' }
  const statements = [own, guests].map((statement) => ({ ...statement, Resource: '*' }))
  key = await newKey(member.administrator, {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
  })
  const answer = await mona.kms.encrypt({ KeyId: key.arn, Plaintext: bytes('text') })
  sealed = answer.CiphertextBlob
})
afterAll(() => house.close())

test('an account is made with the role of Organizations, which nobody but Organizations changes', async () => {
  const { Role } = await member.administrator.iam.getRole({ RoleName: 'AWSServiceRoleForOrganizations' })
  expect(Role?.Arn).toBe(
    `arn:aws:iam::${member.id}:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations`,
  )
  const { AttachedPolicies } = await member.administrator.iam.listAttachedRolePolicies({
    RoleName: 'AWSServiceRoleForOrganizations',
  })
  expect(AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual([
    'AWSOrganizationsServiceTrustPolicy',
  ])
  await refused(
    member.administrator.iam.deleteRole({ RoleName: 'AWSServiceRoleForOrganizations' }),
    'UnmodifiableEntityException',
  )
})

describe('closing an account', () => {
  test('is for the management account alone, and not of itself', async () => {
    await refused(
      member.administrator.organizations.closeAccount({ AccountId: member.id }),
      'AccessDeniedException',
    )
    await refusedFor(
      house.root.organizations.closeAccount({ AccountId: account }),
      'ConstraintViolationException',
      'CANNOT_CLOSE_MANAGEMENT_ACCOUNT',
    )
    await refused(
      house.root.organizations.closeAccount({ AccountId: '999999999999' }),
      'AccountNotFoundException',
    )
  })

  test('ends whatever its users, roles and keys were good for, at once', async () => {
    const visitors = await newRole(member.administrator, 'Visitors', trusting({ AWS: rootArn }), 'kms:*')
    const visitor = await assume(house, mona, { RoleArn: visitors })
    await visitor.kms.describeKey({ KeyId: key.id })
    await carol.kms.describeKey({ KeyId: key.id })
    const store = await newService(house, 's3.us-east-1.amazonaws.com')
    expect((await present(house, store, signedFor(house, carol))).refusal).toBe('')

    await house.root.organizations.closeAccount({ AccountId: member.id })
    for (const who of [carol, visitor, member.administrator]) {
      await refused(who.kms.describeKey({ KeyId: key.id }), 'OptInRequired')
      await refused(who.iam.listUsers({}), 'OptInRequired')
    }
    expect((await present(house, store, signedFor(house, carol))).refusal).toMatch(/OptInRequired/)
    await refused(assume(house, mona, { RoleArn: visitors }), 'AccessDenied')
    const hidden = foreignDenial(mona, 'kms:Encrypt')
    const encrypt = mona.kms.encrypt({ KeyId: key.arn, Plaintext: bytes('text') })
    await refused(encrypt, 'AccessDeniedException', hidden)
    await refused(mona.kms.decrypt({ CiphertextBlob: sealed }), 'AccessDeniedException')
  })

  test('shows in its state, and is done once', async () => {
    const { organizations } = house.root
    const { Account } = await organizations.describeAccount({ AccountId: member.id })
    expect(Account).toMatchObject({ Id: member.id, Status: 'SUSPENDED', State: 'CLOSED' })
    await refused(organizations.closeAccount({ AccountId: member.id }), 'AccountAlreadyClosedException')
  })

  test('leaves keys elsewhere to their policies, for everybody else', async () => {
    const both = { Effect: 'Allow', Principal: { AWS: [member.rootArn, mona.arn] }, Action: 'kms:Encrypt' }
    const { arn } = await newKey(house.root, { Policy: keyPolicy(both) })
    await mona.kms.encrypt({ KeyId: arn, Plaintext: bytes('text') })
    await refused(carol.kms.encrypt({ KeyId: arn, Plaintext: bytes('text') }), 'OptInRequired')
  })

  test('is still so after a start of the service', async () => {
    await house.restart()
    await refused(carol.kms.listKeys({}), 'OptInRequired')
  })
})

test('no account has an effective policy of a type that does nothing here', async () => {
  const { organizations } = house.root
  const other = await memberAccount(house, 'lasting')
  const ofTags = { PolicyType: 'TAG_POLICY' as const }
  const none = 'EffectivePolicyNotFoundException'
  await refused(organizations.describeEffectivePolicy(ofTags), none)
  await refused(organizations.describeEffectivePolicy({ ...ofTags, TargetId: other.id }), none)
  await refused(other.administrator.organizations.describeEffectivePolicy(ofTags), none)
  await refused(
    other.administrator.organizations.describeEffectivePolicy({ ...ofTags, TargetId: account }),
    'AccessDeniedException',
  )
  await refused(
    organizations.describeEffectivePolicy({ ...ofTags, TargetId: '999999999999' }),
    'TargetNotFoundException',
  )
  await refused(
    // @ts-expect-error policies about access have no such thing
    organizations.describeEffectivePolicy({ PolicyType: 'SERVICE_CONTROL_POLICY' }),
    'InvalidInputException',
  )
})
