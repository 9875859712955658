import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytes, newKey, type Person, refused, rootArn, type Serving, serve, textOf } from '../../serving.ts'
import { allowing, assume, newRole, trusting } from '../../sessions.ts'

/** Those who look after a key and those who work with it are not the same people, and do not become so by themselves. */

let house: Serving
let keeper: Person
let clerk: Person
let auditor: Person
let key: { readonly id: string; readonly arn: string }

/** As the console of AWS writes it when it asks for administrators and users. */
const administration = [
  'kms:Create*',
  'kms:Describe*',
  'kms:Enable*',
  'kms:List*',
  'kms:Put*',
  'kms:Update*',
  'kms:Revoke*',
  'kms:Disable*',
  'kms:Get*',
  'kms:Delete*',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
  'kms:RotateKeyOnDemand',
]
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']

const policyFor = (administrator: string, user: string, ...more: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-consolepolicy-3',
    Statement: [
      { Sid: 'Administrators', Principal: { AWS: administrator }, Action: administration },
      { Sid: 'Users', Principal: { AWS: user }, Action: use },
      {
        Sid: 'Resources',
        Principal: { AWS: user },
        Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
        Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
      ...more,
    ].map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
  })

let administrators: string
let users: string
beforeAll(async () => {
  house = await serve()
  administrators = await newRole(house.root, 'KeyKeepers', trusting({ AWS: rootArn }))
  users = await newRole(house.root, 'Clerks', trusting({ AWS: rootArn }))
  const auditors = await newRole(house.root, 'Auditors', trusting({ AWS: rootArn }), 'kms:List*')
  const person = await house.user('somebody', 'sts:AssumeRole')
  keeper = await assume(house, person, { RoleArn: administrators })
  clerk = await assume(house, person, { RoleArn: users })
  auditor = await assume(house, person, { RoleArn: auditors })
  await house.root.iam.putRolePolicy({
    RoleName: 'KeyKeepers',
    PolicyName: 'making',
    PolicyDocument: allowing('kms:CreateKey'),
  })
  key = await newKey(keeper, { Policy: policyFor(administrators, users) })
})
afterAll(() => house.close())

const Plaintext = bytes('payroll')
const denied = (call: Promise<unknown>) => refused(call, 'AccessDeniedException')

test('administrators care for a key and cannot read what it protects', async () => {
  await keeper.kms.enableKeyRotation({ KeyId: key.id })
  await keeper.kms.tagResource({ KeyId: key.id, Tags: [{ TagKey: 'team', TagValue: 'payroll' }] })
  await keeper.kms.scheduleKeyDeletion({ KeyId: key.id })
  await keeper.kms.cancelKeyDeletion({ KeyId: key.id })
  await keeper.kms.enableKey({ KeyId: key.id })
  const { CiphertextBlob } = await clerk.kms.encrypt({ KeyId: key.id, Plaintext })
  await denied(keeper.kms.decrypt({ CiphertextBlob }))
  await denied(keeper.kms.generateDataKey({ KeyId: key.id, KeySpec: 'AES_256' }))
})

test('users read and write, and change nothing about the key', async () => {
  const { CiphertextBlob } = await clerk.kms.encrypt({ KeyId: key.id, Plaintext })
  expect(textOf((await clerk.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('payroll')
  await denied(clerk.kms.disableKey({ KeyId: key.id }))
  await denied(clerk.kms.scheduleKeyDeletion({ KeyId: key.id }))
  await denied(clerk.kms.putKeyPolicy({ KeyId: key.id, Policy: policyFor(users, users) }))
  await denied(clerk.kms.getKeyPolicy({ KeyId: key.id }))
  // Nobody else gets to read by them: what they may grant is for resources of AWS services alone.
  const grant = { KeyId: key.id, GranteePrincipal: auditor.arn, Operations: ['Decrypt' as const] }
  await denied(clerk.kms.createGrant(grant))
})

test('where the key policy does not hand on to the account, not even its root user or an identity policy helps', async () => {
  await denied(house.root.kms.describeKey({ KeyId: key.id }))
  await denied(house.root.kms.encrypt({ KeyId: key.id, Plaintext }))
  const power = await house.user('power', 'kms:*')
  await denied(power.kms.encrypt({ KeyId: key.id, Plaintext }))
  await denied(auditor.kms.listGrants({ KeyId: key.id }))
})

test('an administrator who lets himself in does so on the record, by the key policy, unless that is denied to him', async () => {
  const { CiphertextBlob } = await clerk.kms.encrypt({ KeyId: key.id, Plaintext })
  const selfServed = policyFor(administrators, users, {
    Principal: { AWS: administrators },
    Action: 'kms:Decrypt',
  })
  await keeper.kms.putKeyPolicy({ KeyId: key.id, Policy: selfServed })
  expect(textOf((await keeper.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('payroll')
  const { Events } = await house.root.cloudTrailIn('us-east-1').lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'PutKeyPolicy' }],
  })
  expect(Events?.[0]?.CloudTrailEvent).toContain(':assumed-role/KeyKeepers/')

  await keeper.kms.putKeyPolicy({ KeyId: key.id, Policy: policyFor(administrators, users) })
  await house.root.iam.putRolePolicy({
    RoleName: 'KeyKeepers',
    PolicyName: 'apart',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: ['kms:PutKeyPolicy', 'kms:CreateGrant'], Resource: '*' }],
    }),
  })
  await denied(keeper.kms.putKeyPolicy({ KeyId: key.id, Policy: selfServed }))
  const grant = { KeyId: key.id, GranteePrincipal: keeper.arn, Operations: ['Decrypt' as const] }
  await denied(keeper.kms.createGrant(grant))
  await denied(keeper.kms.decrypt({ CiphertextBlob }))
})
