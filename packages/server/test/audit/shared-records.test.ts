import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MemberAccount, memberAccount } from '../member-account.ts'
import { account, bytes, keyPolicy, newKey, refused, type Serving, serve, type User } from '../serving.ts'
import { type AuditRecord, recordsIn } from './read-records.ts'

/** A key of one account, used from another: each account has a record of it, and sees what is its own. */

let house: Serving
let member: MemberAccount
let mallory: User
beforeAll(async () => {
  house = await serve()
  member = await memberAccount(house, 'guest')
  mallory = await member.user('mallory', 'kms:*', 'cloudtrail:LookupEvents')
})
afterAll(() => house.close())

type Answer = { readonly $metadata: { readonly requestId?: string } }

/** The records of a call, in the order of the journal. */
async function recordsOf({ $metadata }: Answer): Promise<readonly AuditRecord[]> {
  return (await recordsIn(house.dataDir)).filter(({ requestID }) => requestID === $metadata.requestId)
}

/** A key that the other account may use, as its policy says. */
const sharedKey = () =>
  newKey(house.root, {
    Policy: keyPolicy({
      Sid: 'Guests',
      Effect: 'Allow',
      Principal: { AWS: member.rootArn },
      Action: 'kms:*',
    }),
  })

describe('a call on a key of another account', () => {
  test('leaves a record in both accounts, told to be of the same event', async () => {
    const { arn } = await sharedKey()
    const EncryptionContext = { tenant: 'blue' }
    const answer = await mallory.kms.encrypt({ KeyId: arn, Plaintext: bytes('hush'), EncryptionContext })
    const [callers, owners, ...others] = await recordsOf(answer)
    expect(others).toEqual([])
    expect(callers).toMatchObject({
      recipientAccountId: member.id,
      userIdentity: { type: 'IAMUser', arn: mallory.arn, accessKeyId: mallory.credentials.accessKeyId },
    })
    expect(owners?.userIdentity).toEqual({
      type: 'AWSAccount',
      principalId: mallory.userId,
      accountId: member.id,
    })
    expect(owners?.recipientAccountId).toBe(account)
    expect(callers?.eventID).not.toBe(owners?.eventID)
    expect(callers?.sharedEventID).toMatch(/^[0-9a-f-]{36}$/)
    const {
      userIdentity,
      eventID,
      recipientAccountId,
      additionalEventData,
      ...common
    }: Partial<AuditRecord> = callers ?? {}
    expect(owners).toMatchObject(common)
    expect(common).toMatchObject({
      requestParameters: { keyId: arn, encryptionContext: EncryptionContext },
      resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arn }],
    })
  })

  test('tells each account of its own policies, and not of the other’s', async () => {
    const { arn } = await sharedKey()
    const [callers, owners] = await recordsOf(await mallory.kms.describeKey({ KeyId: arn }))
    const citedIn = (record: AuditRecord | undefined) => record?.additionalEventData
    expect(citedIn(owners)).toMatchObject({ decision: { outcome: 'Allow', statements: [{ sid: 'Guests' }] } })
    expect(JSON.stringify(citedIn(callers))).not.toContain('Guests')
    expect(JSON.stringify(citedIn(owners))).not.toContain('allowing')
  })

  test('that goes wrong later is in both accounts too', async () => {
    const { arn, id } = await sharedKey()
    await house.root.kms.disableKey({ KeyId: id })
    const error = await mallory.kms.encrypt({ KeyId: arn, Plaintext: bytes('x') }).catch((thrown) => thrown)
    const records = await recordsOf(error)
    expect(records.map(({ recipientAccountId }) => recipientAccountId)).toEqual([member.id, account])
    expect(records.map(({ errorCode }) => errorCode)).toEqual(['DisabledException', 'DisabledException'])
  })

  test('that changes it is committed with both records', async () => {
    const { arn } = await sharedKey()
    const grant = await mallory.kms.createGrant({
      KeyId: arn,
      GranteePrincipal: member.rootArn,
      Operations: ['Decrypt'],
    })
    const records = await recordsOf(grant)
    expect(records.map(({ responseElements }) => responseElements)).toEqual([
      { grantId: grant.GrantId, keyId: arn },
      { grantId: grant.GrantId, keyId: arn },
    ])
  })

  test('that is denied is in the caller’s account alone, and says no more than the caller was told', async () => {
    const { arn } = await newKey(house.root)
    const denied = await mallory.kms.describeKey({ KeyId: arn }).catch((thrown) => thrown)
    const madeUp = arn.replace(/.{12}$/, '000000000000')
    const missing = await mallory.kms.describeKey({ KeyId: madeUp }).catch((thrown) => thrown)
    const [[record, ...others], [ofNone]] = [await recordsOf(denied), await recordsOf(missing)]
    expect(others).toEqual([])
    expect(record).toMatchObject({ recipientAccountId: member.id, errorCode: 'AccessDenied' })
    const withoutIds = ({ requestID, eventID, ...rest }: Partial<AuditRecord> = {}) => JSON.stringify(rest)
    expect(withoutIds(record)).toBe(withoutIds(ofNone).replaceAll(madeUp, arn))
  })

  test('of two keys of two accounts is told to each owner with that owner’s key', async () => {
    const { arn: source } = await newKey(member.administrator)
    const { arn: destination } = await sharedKey()
    const { CiphertextBlob } = await mallory.kms.encrypt({ KeyId: source, Plaintext: bytes('hush') })
    const answer = await mallory.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: destination })
    const [callers, owners] = await recordsOf(answer)
    const arnsIn = (record: AuditRecord | undefined) =>
      (record?.resources as readonly { ARN: string }[]).map(({ ARN }) => ARN)
    expect(arnsIn(callers)).toEqual([source, destination])
    expect(arnsIn(owners)).toEqual([destination])
    expect(owners?.additionalEventData).toMatchObject({ decision: { statements: [{ sid: 'Guests' }] } })
  })
})

test('LookupEvents shows each account its own record, and the last usage of a key names the owner’s', async () => {
  const { arn } = await sharedKey()
  const answer = await mallory.kms.encrypt({ KeyId: arn, Plaintext: bytes('hush') })
  const [callers, owners] = await recordsOf(answer)
  const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: arn }]
  const seenBy = async (who: Pick<User, 'cloudTrailIn'>) => {
    const { Events = [] } = await who.cloudTrailIn('us-east-1').lookupEvents({ LookupAttributes })
    return Events.filter(({ EventName }) => EventName === 'Encrypt').map(({ EventId }) => EventId)
  }
  expect(await seenBy(mallory)).toEqual([callers?.eventID])
  expect(await seenBy(house.root)).toEqual([owners?.eventID])
  const { KeyLastUsage } = await house.root.kms.getKeyLastUsage({ KeyId: arn })
  expect(KeyLastUsage?.CloudTrailEventId).toBe(owners?.eventID)
})

describe('a role of another account', () => {
  test('is assumed on the record of both accounts', async () => {
    const manager = await house.user('manager', 'sts:AssumeRole')
    const RoleArn = `arn:aws:iam::${member.id}:role/OrganizationAccountAccessRole`
    const answer = await manager.sts.assumeRole({ RoleArn, RoleSessionName: 'audit' })
    const records = await recordsOf(answer)
    expect(records).toMatchObject([
      { recipientAccountId: account, userIdentity: { type: 'IAMUser' } },
      { recipientAccountId: member.id, userIdentity: { type: 'AWSAccount', accountId: account } },
    ])
    for (const { resources } of records) {
      expect(resources).toEqual([{ accountId: member.id, type: 'AWS::IAM::Role', ARN: RoleArn }])
    }
  })

  test('is denied on the record of the caller’s account alone', async () => {
    const stranger = await house.user('stranger')
    const RoleArn = `arn:aws:iam::${member.id}:role/OrganizationAccountAccessRole`
    const call = stranger.sts.assumeRole({ RoleArn, RoleSessionName: 'audit' })
    await refused(call, 'AccessDenied')
    const error = await call.catch((thrown) => thrown)
    const records = await recordsOf(error)
    expect(records.map(({ recipientAccountId }) => recipientAccountId)).toEqual([account])
    expect(records[0]).not.toHaveProperty('resources')
  })
})
