import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MemberAccount, memberAccount } from '../../member-account.ts'
import {
  account,
  allow,
  bytes,
  foreignDenial,
  keyPolicy,
  newKey,
  type Person,
  refused,
  type Serving,
  serve,
  textOf,
  type User,
} from '../../serving.ts'
import { assume, newRole, trusting } from '../../sessions.ts'

/** A key of one account, and those of another who are to use it: both accounts have to say so. */

let house: Serving
let partner: MemberAccount
let guest: User
beforeAll(async () => {
  house = await serve()
  partner = await memberAccount(house, 'partner')
  guest = await partner.user('guest', 'kms:Encrypt', 'kms:Decrypt')
})
afterAll(() => house.close())

const Plaintext = bytes('text')
const encrypt = ({ kms }: Pick<Person, 'kms'>, KeyId: string) => kms.encrypt({ KeyId, Plaintext })
const forPartner = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: partner.rootArn },
  Action: ['kms:Encrypt', 'kms:Decrypt'],
  ...more,
})

describe('the key of another account is for those', () => {
  test('whom both its policy and their own let in', async () => {
    const { arn } = await newKey(house.root, { Policy: keyPolicy(forPartner()) })
    const { CiphertextBlob } = await encrypt(guest, arn)
    expect(textOf((await guest.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('text')
  })

  test('whom its policy does not leave out, which they cannot tell from a key that is not there', async () => {
    const { arn } = await newKey(house.root)
    const hidden = foreignDenial(guest, 'kms:Encrypt')
    await refused(encrypt(guest, arn), 'AccessDeniedException', hidden)
    const missing = arn.replace(/[^/]*$/, '00000000-0000-0000-0000-000000000000')
    await refused(encrypt(guest, missing), 'AccessDeniedException', hidden)
  })

  test('whom their own policies do not leave out, even where the key policy names them', async () => {
    const poor = await partner.user('poor', 'kms:Decrypt')
    const { arn } = await newKey(house.root, {
      Policy: keyPolicy(forPartner({ Principal: { AWS: poor.arn } })),
    })
    await refused(encrypt(poor, arn), 'AccessDeniedException', /no identity-based policy allows/)
    await partner.administrator.iam.putUserPolicy({
      UserName: 'poor',
      PolicyName: 'more',
      PolicyDocument: allow(['kms:Encrypt'], { on: arn }),
    })
    await encrypt(poor, arn)
  })

  test('who have a grant and may use it at home, for as long as the grant is there', async () => {
    const { arn } = await newKey(house.root)
    const { GrantId } = await house.root.kms.createGrant({
      KeyId: arn,
      GranteePrincipal: guest.arn,
      Operations: ['Encrypt'],
    })
    await encrypt(guest, arn)
    await house.root.kms.revokeGrant({ KeyId: arn, GrantId })
    await refused(encrypt(guest, arn), 'AccessDeniedException')
  })

  test('and is not theirs to administer, whatever both policies say', async () => {
    const everything = forPartner({ Action: 'kms:*' })
    const { arn } = await newKey(house.root, { Policy: keyPolicy(everything) })
    const ambitious = await partner.user('ambitious', 'kms:*')
    await ambitious.kms.describeKey({ KeyId: arn })
    await refused(ambitious.kms.disableKey({ KeyId: arn }), 'AccessDeniedException')
    await refused(ambitious.kms.scheduleKeyDeletion({ KeyId: arn }), 'AccessDeniedException')
  })
})

test('a role of another account is assumed where both sides allow it, and not with either side missing', async () => {
  const uwe = await house.user('uwe', 'sts:AssumeRole')
  const { administrator } = partner
  const RoleArn = await newRole(administrator, 'Reader', trusting({ AWS: uwe.arn }), 'kms:ListKeys')
  const reader = await assume(house, uwe, { RoleArn })
  expect(reader.arn).toBe(`arn:aws:sts::${partner.id}:assumed-role/Reader/session`)
  await reader.kms.listKeys({})

  await house.root.iam.deleteUserPolicy({ UserName: 'uwe', PolicyName: 'allowing' })
  await refused(assume(house, uwe, { RoleArn }), 'AccessDenied')
  const PolicyDocument = allow(['sts:AssumeRole'], { on: RoleArn })
  await house.root.iam.putUserPolicy({ UserName: 'uwe', PolicyName: 'allowing', PolicyDocument })
  await assume(house, uwe, { RoleArn })
  const other = trusting({ AWS: partner.rootArn })
  await administrator.iam.updateAssumeRolePolicy({ RoleName: 'Reader', PolicyDocument: other })
  await refused(assume(house, uwe, { RoleArn }), 'AccessDenied')
})

test('a key for everybody of one account, by kms:CallerAccount, is for nobody of another', async () => {
  const ofAccount = (id: string) =>
    forPartner({ Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': id } } })
  const own = await newKey(house.root, { Policy: keyPolicy(ofAccount(account)) })
  const theirs = await newKey(house.root, { Policy: keyPolicy(ofAccount(partner.id)) })
  // In the key's own account the statement is enough by itself; from elsewhere their own policies have a say.
  const resident = await house.user('resident')
  const stranger = await partner.user('stranger')
  await encrypt(resident, own.arn)
  await refused(encrypt(guest, own.arn), 'AccessDeniedException')
  await encrypt(guest, theirs.arn)
  await refused(encrypt(stranger, theirs.arn), 'AccessDeniedException', /no identity-based policy allows/)
  await refused(encrypt(resident, theirs.arn), 'AccessDeniedException')

  // Whoever assumes a role of the account calls from it.
  const RoleArn = await newRole(house.root, 'Visitors', trusting({ AWS: partner.rootArn }))
  const visitor = await partner.user('visitor', 'sts:AssumeRole')
  await refused(encrypt(visitor, own.arn), 'AccessDeniedException')
  await encrypt(await assume(house, visitor, { RoleArn }), own.arn)
})
