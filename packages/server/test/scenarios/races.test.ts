import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { recordsIn } from '../audit/read-records.ts'
import { bytes, keyPolicy, newKey, refused, type Serving, serve } from '../serving.ts'

/** Calls that want the same thing at the same moment. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

async function eventIds(): Promise<string[]> {
  return (await recordsIn(house.dataDir)).map(({ eventID }) => eventID)
}

const outcomes = async (calls: Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((result) =>
    result.status === 'fulfilled' ? 'done' : (result.reason as Error).name,
  )

/** Calls of the root user. Without a network between them, the steps of one come between those of the others. */
async function askingIn(service: 'kms' | 'iam') {
  const { catalog, service: served } = house.claviger
  const holder = await catalog.principals.holder(house.root.credentials.accessKeyId)
  if (holder === undefined) throw new Error('the root user has an access key')
  const call: Call = {
    caller: holder.caller,
    service,
    region: 'us-east-1',
    now: house.clock.now(),
    requestId: 'request',
    connection: { sourceIp: '127.0.0.1', userAgent: 'test', host: 'localhost' },
  }
  return (operation: string, input: object) => served.call(call, operation, () => input)
}

test('of many who want one alias name, one gets it and the others read that it exists', async () => {
  const { id } = await newKey(house.root)
  const calls = Array.from({ length: 12 }, () =>
    house.root.kms.createAlias({ AliasName: 'alias/wanted', TargetKeyId: id }),
  )
  const results = await outcomes(calls)
  expect(results.filter((result) => result === 'done')).toHaveLength(1)
  expect(results.filter((result) => result === 'AlreadyExistsException')).toHaveLength(11)
})

test('a grant with a name that is asked for many times at once is one grant', async () => {
  const { id } = await newKey(house.root)
  const ask = await askingIn('kms')
  const grant = { KeyId: id, GranteePrincipal: house.root.arn, Operations: ['Decrypt'], Name: 'mine' }
  await Promise.all(Array.from({ length: 12 }, () => ask('CreateGrant', grant)))
  expect((await house.root.kms.listGrants({ KeyId: id })).Grants).toHaveLength(1)
})

test('changes of one key at the same moment are all made, none over another', async () => {
  const { id } = await newKey(house.root)
  const tags = Array.from({ length: 8 }, (_, index) => ({ TagKey: `k${index}`, TagValue: `${index}` }))
  await Promise.all([
    ...tags.map((tag) => house.root.kms.tagResource({ KeyId: id, Tags: [tag] })),
    house.root.kms.updateKeyDescription({ KeyId: id, Description: 'described' }),
  ])
  const { Tags } = await house.root.kms.listResourceTags({ KeyId: id })
  expect(Tags).toEqual(tags)
  expect((await house.root.kms.describeKey({ KeyId: id })).KeyMetadata?.Description).toBe('described')
})

test('a policy is never left attached that was deleted at the same moment, nor a user in a group that is gone', async () => {
  const { iam } = house.root
  const { store } = house.claviger.catalog
  const ask = await askingIn('iam')
  const UserName = 'hasty'
  await iam.createUser({ UserName })
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*' },
  })
  for (let round = 0; round < 4; round += 1) {
    const GroupName = `g${round}`
    const { Policy } = await iam.createPolicy({ PolicyName: `p${round}`, PolicyDocument })
    const PolicyArn = String(Policy?.Arn)
    await iam.createGroup({ GroupName })
    const pairs = [
      () => ask('AttachUserPolicy', { UserName, PolicyArn }),
      () => ask('DeletePolicy', { PolicyArn }),
      () => ask('AddUserToGroup', { UserName, GroupName }),
      () => ask('DeleteGroup', { GroupName }),
    ]
    await outcomes((round % 2 === 0 ? pairs : pairs.toReversed()).map((start) => start()))
    const everything = { prefix: [], limit: 100 }
    for (const { value } of await store.list('attachment', everything))
      await iam.getPolicy({ PolicyArn: value.policyArn })
    for (const { value } of await store.list('membership', everything))
      expect(await store.find('group', [value.account, value.groupId])).toBeDefined()
  }
})

test('a user gets no third access key by asking for several at once', async () => {
  await house.root.iam.createUser({ UserName: 'greedy' })
  const calls = Array.from({ length: 6 }, () => house.root.iam.createAccessKey({ UserName: 'greedy' }))
  const results = await outcomes(calls)
  expect(results.filter((result) => result === 'done')).toHaveLength(2)
})

test('every call is recorded once, however many are under way', async () => {
  const { id } = await newKey(house.root)
  const before = await eventIds()
  await Promise.all([
    ...Array.from({ length: 20 }, (_, index) =>
      house.root.kms.createAlias({ AliasName: `alias/many-${index}`, TargetKeyId: id }),
    ),
    ...Array.from({ length: 20 }, () => house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('x') })),
  ])
  const after = await eventIds()
  expect(after).toHaveLength(before.length + 40)
  expect(new Set(after).size).toBe(after.length)
})

test('from the answer of PutKeyPolicy on, no call is decided by the policy before', async () => {
  const { arn } = await newKey(house.root)
  const reader = await house.user('reader')
  const allowed = keyPolicy({ Effect: 'Allow', Principal: { AWS: reader.arn }, Action: 'kms:Encrypt' })
  const message = { KeyId: arn, Plaintext: bytes('x') }
  for (let round = 0; round < 10; round += 1) {
    await house.root.kms.putKeyPolicy({ KeyId: arn, Policy: allowed })
    await Promise.all(Array.from({ length: 5 }, () => reader.kms.encrypt(message)))
    await house.root.kms.putKeyPolicy({ KeyId: arn, Policy: keyPolicy() })
    await Promise.all(
      Array.from({ length: 5 }, () => refused(reader.kms.encrypt(message), 'AccessDeniedException')),
    )
  }
})

test('from the answer of RevokeGrant and DeleteAccessKey on, neither lets anybody in', async () => {
  const { id } = await newKey(house.root)
  const guest = await house.user('guest')
  const message = { KeyId: id, Plaintext: bytes('x') }
  await refused(guest.kms.encrypt(message), 'AccessDeniedException')
  const { GrantId } = await house.root.kms.createGrant({
    KeyId: id,
    GranteePrincipal: guest.arn,
    Operations: ['Encrypt'],
  })
  await guest.kms.encrypt(message)
  await house.root.kms.revokeGrant({ KeyId: id, GrantId })
  await refused(guest.kms.encrypt(message), 'AccessDeniedException')
  await house.root.iam.deleteAccessKey({
    UserName: 'guest',
    AccessKeyId: guest.credentials.accessKeyId,
  })
  await refused(guest.kms.encrypt(message), 'UnrecognizedClientException')
})
