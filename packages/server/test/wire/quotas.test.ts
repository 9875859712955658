import { afterEach, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { quotasFile } from '../quotas/quotas-file.ts'
import {
  account,
  allow,
  bytes,
  clientSettings,
  daysMs,
  KMS,
  newKey,
  refused,
  rootCredentials,
  type Serving,
  serve,
} from '../serving.ts'
import { newRole, trusting } from '../sessions.ts'

const throttled = 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.'

let house: Serving
afterEach(() => house.close())

/** A service that counts as a file of these quotas says. */
async function serveWith(quotas: object, flags: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const { path, remove } = await quotasFile(JSON.stringify(quotas))
  house = await serve({ quotas: path, ...flags })
  await remove()
  return house
}

const outcomes = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((each) =>
    each.status === 'fulfilled' ? 'done' : (each.reason as Error).name,
  )

const times = (count: number, call: () => Promise<unknown>) => Array.from({ length: count }, call)

const counts = (all: readonly string[]) =>
  Object.fromEntries([...new Set(all)].map((one) => [one, all.filter((other) => other === one).length]))

const recordsOf = async (eventName: string) =>
  (await recordsIn(house.dataDir)).filter((record) => record.eventName === eventName)

describe('with AWS’s own rates', () => {
  test('a burst is let through, the rest is throttled with AWS’s words, and time gives more', async () => {
    house = await serve({ quotas: 'aws' })
    const { kms } = house.root
    expect(counts(await outcomes(times(8, () => kms.createKey({}))))).toEqual({
      done: 5,
      ThrottlingException: 3,
    })
    await refused(kms.createKey({}), 'ThrottlingException', throttled)
    await kms.listKeys({})
    house.clock.advance(199)
    await refused(kms.createKey({}), 'ThrottlingException')
    house.clock.advance(1)
    await kms.createKey({})
    await refused(kms.createKey({}), 'ThrottlingException')
  })

  test('a client with its default retries backs off and succeeds', async () => {
    house = await serve({ quotas: 'aws' })
    const { clock } = house
    clock.advance(Date.now() - clock.now())
    const { maxAttempts: _one, ...settings } = clientSettings(house.url, rootCredentials, 'us-east-1')
    const kms = new KMS(settings)
    let throttledOnce = 0
    kms.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args)
        } catch (error) {
          // While this call waits, time goes on for one more.
          throttledOnce += 1
          clock.advance(200)
          throw error
        }
      },
      { step: 'deserialize', priority: 'high' },
    )
    const answers = await Promise.all(times(8, () => kms.createKey({})))
    kms.destroy()
    expect(answers).toHaveLength(8)
    expect(throttledOnce).toBe(3)
  })

  test('what is throttled is recorded, and changes nothing', async () => {
    house = await serve({ quotas: 'aws' })
    const { kms } = house.root
    await outcomes(times(7, () => kms.createKey({})))
    expect((await kms.listKeys({})).Keys).toHaveLength(5)
    const records = await recordsOf('CreateKey')
    const refusals = records.filter((record) => record.errorCode !== undefined)
    expect(refusals).toHaveLength(2)
    expect(refusals[0]).toMatchObject({
      errorCode: 'ThrottlingException',
      errorMessage: throttled,
      requestParameters: null,
      responseElements: null,
      userIdentity: { type: 'Root' },
    })
  })
})

describe('a quota that cryptographic operations share', () => {
  const quota = 'Cryptographic operations (symmetric)'

  test('counts them together, dry runs too, and not what is refused before', async () => {
    const { root, clock, user } = await serveWith({ requests: { [quota]: 3 } })
    const { kms } = root
    const { id: KeyId } = await newKey(root)
    const nobody = await user('nobody')
    await refused(nobody.kms.encrypt({ KeyId, Plaintext: bytes('a') }), 'AccessDeniedException')
    await refused(kms.encrypt({ KeyId: 'alias/none', Plaintext: bytes('a') }), 'NotFoundException')
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: bytes('a') })
    await refused(kms.encrypt({ KeyId, Plaintext: bytes('a'), DryRun: true }), 'DryRunOperationException')
    await kms.generateRandom({ NumberOfBytes: 8 })
    for (const call of [
      () => kms.decrypt({ CiphertextBlob }),
      () => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
      () => kms.generateRandom({ NumberOfBytes: 8 }),
    ]) {
      await refused(call(), 'ThrottlingException', throttled)
    }
    await kms.describeKey({ KeyId })
    clock.advance(1000)
    await kms.decrypt({ CiphertextBlob })
    expect((await recordsOf('GenerateDataKey'))[0]).toMatchObject({
      errorCode: 'ThrottlingException',
      requestParameters: { keySpec: 'AES_256' },
      resources: [{ accountId: account, type: 'AWS::KMS::Key' }],
    })
  })

  test('counts an account by Region, for all of its principals together', async () => {
    const { root, user } = await serveWith({ requests: { [quota]: 2 } }, { regions: 'us-east-1,eu-north-1' })
    const other = await user('other', 'kms:GenerateRandom')
    await root.kms.generateRandom({ NumberOfBytes: 8 })
    await other.kms.generateRandom({ NumberOfBytes: 8 })
    await refused(other.kms.generateRandom({ NumberOfBytes: 8 }), 'ThrottlingException')
    await refused(root.kms.generateRandom({ NumberOfBytes: 8 }), 'ThrottlingException')
    await root.kmsIn('eu-north-1').generateRandom({ NumberOfBytes: 8 })
  })
})

test('IAM and STS are not throttled, and without the setting nothing is', async () => {
  const { root } = await serveWith({ requests: { CreateKey: 1 } })
  const policy = { UserName: 'busy', PolicyName: 'p', PolicyDocument: allow(['kms:*'], { on: '*' }) }
  await root.iam.createUser({ UserName: 'busy' })
  const free = [
    ...times(50, () => root.iam.putUserPolicy(policy)),
    ...times(50, () => root.sts.getCallerIdentity({})),
  ]
  expect(counts(await outcomes(free))).toEqual({ done: 100 })
  await house.close()

  house = await serve()
  expect(counts(await outcomes(times(50, () => house.root.kms.createKey({}))))).toEqual({ done: 50 })
})

describe('how many there may be', () => {
  const quotaText = (title: string, most: number) =>
    `${title} quota for this account in this region is ${most}, current usage is ${most}.`

  test('of keys is counted by account and Region, whatever their state', async () => {
    const { root } = await serveWith(
      { requests: 'off', resources: { keys: 2 }, regions: { 'eu-north-1': { resources: { keys: 3 } } } },
      { regions: 'us-east-1,eu-north-1' },
    )
    const { id } = await newKey(root)
    await newKey(root)
    await root.kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    await refused(root.kms.createKey({}), 'LimitExceededException', quotaText('Key', 2))
    const there = root.kmsIn('eu-north-1')
    for (let count = 0; count < 3; count += 1) await there.createKey({})
    await refused(there.createKey({}), 'LimitExceededException', quotaText('Key', 3))
    house.clock.advance(daysMs(7))
    await root.kms.createKey({})
  })

  test('of aliases and grants is counted by key', async () => {
    const { root, user } = await serveWith({
      accounts: { [account]: { resources: { aliasesPerKey: 1, grantsPerKey: 2 } } },
    })
    const { id: KeyId } = await newKey(root)
    const { kms } = root
    await kms.createAlias({ AliasName: 'alias/one', TargetKeyId: KeyId })
    await refused(
      kms.createAlias({ AliasName: 'alias/two', TargetKeyId: KeyId }),
      'LimitExceededException',
      quotaText('Aliases per key', 1),
    )
    const { arn: GranteePrincipal } = await user('grantee')
    const grant = () => kms.createGrant({ KeyId, GranteePrincipal, Operations: ['Encrypt'] })
    const { GrantId } = await grant()
    await grant()
    await refused(grant(), 'LimitExceededException', quotaText('Grants per key', 2))
    await kms.revokeGrant({ KeyId, GrantId })
    await grant()
  })

  test('is AWS’s own number where nothing is said', async () => {
    house = await serve()
    const { kms } = house.root
    const { id: TargetKeyId } = await newKey(house.root)
    for (let count = 0; count < 50; count += 1) {
      await kms.createAlias({ AliasName: `alias/many-${count}`, TargetKeyId })
    }
    await refused(
      kms.createAlias({ AliasName: 'alias/many-50', TargetKeyId }),
      'LimitExceededException',
      quotaText('Aliases per key', 50),
    )
  })
})

describe('a quota of IAM', () => {
  const trust = (padding = '') =>
    trusting({ AWS: `arn:aws:iam::${account}:root` }, undefined, [
      'sts:AssumeRole',
      ...(padding === '' ? [] : [`sts:${padding}`]),
    ])

  test('is what a file says for the account, in refusals and in the account’s summary', async () => {
    const resources = { RolesPerAccount: 2, PoliciesPerRole: 1, ACLSizePerRole: 4096 }
    const { root } = await serveWith({ requests: 'off', accounts: { [account]: { resources } } })
    const { iam } = root
    // Longer than AWS lets it be where nobody asked.
    await newRole(root, 'Long', trust('x'.repeat(3000)))
    await newRole(root, 'Other', trust())
    await refused(
      iam.createRole({ RoleName: 'Third', AssumeRolePolicyDocument: trust() }),
      'LimitExceededException',
      'Cannot exceed quota for RolesPerAccount: 2',
    )
    await refused(
      iam.updateAssumeRolePolicy({ RoleName: 'Other', PolicyDocument: trust('x'.repeat(4096)) }),
      'LimitExceededException',
      'Cannot exceed quota for ACLSizePerRole: 4096',
    )
    const attach = (name: string) =>
      iam.attachRolePolicy({ RoleName: 'Other', PolicyArn: `arn:aws:iam::aws:policy/${name}` })
    await attach('ReadOnlyAccess')
    await refused(
      attach('SecurityAudit'),
      'LimitExceededException',
      'Cannot exceed quota for PoliciesPerRole: 1',
    )
    expect((await iam.getAccountSummary({})).SummaryMap).toMatchObject({
      RolesQuota: 2,
      AttachedPoliciesPerRoleQuota: 1,
      AssumeRolePolicySizeQuota: 4096,
      GroupsQuota: 300,
    })
  })

  test('is AWS’s own for every other account', async () => {
    const { root } = await serveWith({ accounts: { '444455556666': { resources: { RolesPerAccount: 0 } } } })
    await newRole(root, 'Free', trust())
    await refused(
      root.iam.createRole({ RoleName: 'Long', AssumeRolePolicyDocument: trust('x'.repeat(3000)) }),
      'LimitExceededException',
      'Cannot exceed quota for ACLSizePerRole: 2048',
    )
  })
})
