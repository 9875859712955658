import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { askWhy } from '../../../src/index.ts'
import { type MemberAccount, memberAccount } from '../../member-account.ts'
import { bytes, keyPolicy, newKey, type Person, refused, type Serving, serve } from '../../serving.ts'
import { countReads } from '../../store-reads.ts'

/** What an organization of several accounts does about its keys. */

let house: Serving
let rootId: string
let production: MemberAccount
let partner: MemberAccount
beforeAll(async () => {
  // One of the tests counts what this very thread reads.
  house = await serve({ workers: '1' })
  rootId = String((await house.root.organizations.listRoots({})).Roots?.[0]?.Id)
  production = await memberAccount(house, 'production')
  partner = await memberAccount(house, 'partner')
})
afterAll(() => house.close())

/** What detaches what a test has attached, so that no test hides another. */
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const Plaintext = bytes('text')
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

/** A policy of the organization, attached; and what ends that. */
async function attach(
  TargetId: string,
  Name: string,
  statement: object,
  Type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY' = 'SERVICE_CONTROL_POLICY',
) {
  const { organizations } = house.root
  const { Policy } = await organizations.createPolicy({
    Name,
    Description: '',
    Type,
    Content: document({ Resource: '*', ...statement }),
  })
  const PolicyId = String(Policy?.PolicySummary?.Id)
  await organizations.attachPolicy({ PolicyId, TargetId })
  let isAttached = true
  const end = async () => {
    if (isAttached) await organizations.detachPolicy({ PolicyId, TargetId })
    isAttached = false
  }
  ends.push(end)
  return { arn: String(Policy?.PolicySummary?.Arn), end }
}

/** A key of an account whose root user, and with it the account's policies, may do everything with it. */
async function keyOf(member: MemberAccount, ...statements: object[]): Promise<{ id: string; arn: string }> {
  const own = { Effect: 'Allow', Principal: { AWS: member.rootArn }, Action: 'kms:*', Resource: '*' }
  const others = statements.map((statement) => ({ Resource: '*', ...statement }))
  return newKey(member.administrator, { Policy: document(own, ...others) })
}

const encrypt = ({ kms }: Pick<Person, 'kms'>, { arn }: { arn: string }) =>
  kms.encrypt({ KeyId: arn, Plaintext })

async function requestIdOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('nothing was refused'),
    (thrown: Error & { $metadata?: { requestId?: string } }) => thrown,
  )
  return String('$metadata' in error ? error.$metadata?.requestId : error.message)
}

test('a service control policy denies everybody in a member account, and nobody in the management account', async () => {
  const [key, own] = [await keyOf(production), await newKey(house.root)]
  const [paula, mona] = [await production.user('paula', 'kms:*'), await house.user('mona', 'kms:*')]
  await encrypt(paula, key)
  const deny = await attach(rootId, 'NoEncrypt', { Sid: 'Never', Effect: 'Deny', Action: 'kms:Encrypt' })
  await refused(
    encrypt(paula, key),
    'AccessDeniedException',
    `User: ${paula.arn} is not authorized to perform: kms:Encrypt on resource: ${key.arn} with an explicit deny in a service control policy: ${deny.arn}`,
  )
  await refused(encrypt(production.administrator, key), 'AccessDeniedException', /service control policy/)
  await refused(
    rootOf(production).encrypt(key.arn),
    'AccessDeniedException',
    /arn:aws:iam::\d{12}:root is not .* with an explicit deny in a service control policy/,
  )
  await encrypt(mona, own)
  await encrypt(house.root, own)

  const why = await askWhy(house.dataDir, await requestIdOf(encrypt(paula, key)))
  expect(why).toMatchObject({
    denial: {
      explanation: {
        outcome: {
          because: [
            {
              sid: 'Never',
              policy: { layer: 'service-control-policy', name: 'NoEncrypt', arn: deny.arn, level: 0 },
            },
          ],
        },
      },
    },
  })
  await deny.end()
  await encrypt(paula, key)
})

test('a service control policy that allows only some actions leaves no others, on every level above', async () => {
  const { organizations } = house.root
  const key = await keyOf(production)
  const unit = await newUnit('Restricted', rootId)
  const inner = await newUnit('Inner', unit)
  const quentin = await production.user('quentin', 'kms:*')
  await attach(unit, 'OnlyKeys', { Effect: 'Allow', Action: 'kms:Describe*' })
  await organizations.detachPolicy({ PolicyId: 'p-FullAWSAccess', TargetId: unit })
  ends.unshift(async () => {
    await organizations.attachPolicy({ PolicyId: 'p-FullAWSAccess', TargetId: unit })
  })
  const move = (SourceParentId: string, DestinationParentId: string) =>
    organizations.moveAccount({ AccountId: production.id, SourceParentId, DestinationParentId })
  await encrypt(quentin, key)
  await move(rootId, inner)
  await quentin.kms.describeKey({ KeyId: key.id })
  await refused(
    encrypt(quentin, key),
    'AccessDeniedException',
    /because no service control policy allows the kms:Encrypt action$/,
  )
  await refused(quentin.iam.listUsers({}), 'AccessDenied', /because no service control policy allows/)
  await move(inner, rootId)
  await encrypt(quentin, key)
})

test('a resource control policy keeps outsiders from the keys of an account, whatever its key policies say', async () => {
  const { organizations } = house.root
  await organizations.enablePolicyType({ RootId: rootId, PolicyType: 'RESOURCE_CONTROL_POLICY' })
  const guests = { Effect: 'Allow', Principal: { AWS: partner.rootArn }, Action: 'kms:Encrypt' }
  const key = await keyOf(production, guests)
  const [gina, paul] = [await partner.user('gina', 'kms:*'), await production.user('paul', 'kms:*')]
  await encrypt(gina, key)
  const deny = await attach(
    production.id,
    'OwnAccountOnly',
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Condition: { StringNotEquals: { 'aws:PrincipalAccount': production.id } },
    },
    'RESOURCE_CONTROL_POLICY',
  )
  await refused(
    encrypt(gina, key),
    'AccessDeniedException',
    /with an explicit deny in a resource control policy$/,
  )
  await encrypt(paul, key)
  // It binds the resources of the account, and not its people.
  const theirs = await keyOf(partner, { ...guests, Principal: { AWS: production.rootArn } })
  await encrypt(paul, theirs)
  await deny.end()
  await encrypt(gina, key)
})

test('a resource control policy of the root does not bind the keys of the management account', async () => {
  const deny = await attach(
    rootId,
    'NobodyEncrypts',
    { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt' },
    'RESOURCE_CONTROL_POLICY',
  )
  await encrypt(house.root, await newKey(house.root))
  const key = await keyOf(production)
  await refused(encrypt(production.administrator, key), 'AccessDeniedException', /resource control policy/)
  await deny.end()
})

describe('a key policy can speak of the organization:', () => {
  const anyone = (Condition: object) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: 'kms:Encrypt',
    Condition,
  })

  test('all its accounts, by its id', async () => {
    const { Organization } = await house.root.organizations.describeOrganization({})
    const statement = (id: string) => anyone({ StringEquals: { 'aws:PrincipalOrgID': id } })
    const shared = await newKey(house.root, { Policy: keyPolicy(statement(String(Organization?.Id))) })
    const other = await newKey(house.root, { Policy: keyPolicy(statement('o-0000000000')) })
    const olga = await partner.user('olga', 'kms:*')
    await encrypt(olga, shared)
    await refused(encrypt(olga, other), 'AccessDeniedException')
  })

  test('the accounts below one unit, by its path', async () => {
    const { organizations } = house.root
    const { Organization } = await organizations.describeOrganization({})
    const unit = await newUnit('Trusted', rootId)
    const Condition = {
      'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${Organization?.Id}/${rootId}/${unit}/*` },
    }
    const shared = await newKey(house.root, { Policy: keyPolicy(anyone(Condition)) })
    const otto = await partner.user('otto', 'kms:*')
    await refused(encrypt(otto, shared), 'AccessDeniedException')
    const move = (SourceParentId: string, DestinationParentId: string) =>
      organizations.moveAccount({ AccountId: partner.id, SourceParentId, DestinationParentId })
    await move(rootId, unit)
    await encrypt(otto, shared)
    await move(unit, rootId)
    await refused(encrypt(otto, shared), 'AccessDeniedException')
  })

  test('and an identity policy of the organization that owns the key', async () => {
    const { Organization } = await house.root.organizations.describeOrganization({})
    const key = await keyOf(production)
    const petra = await production.user('petra')
    const put = (id: string) =>
      production.administrator.iam.putUserPolicy({
        UserName: 'petra',
        PolicyName: 'keys',
        PolicyDocument: document({
          Effect: 'Allow',
          Action: 'kms:Encrypt',
          Resource: '*',
          Condition: {
            StringEquals: { 'aws:ResourceOrgID': id, 'aws:ResourceAccount': production.id },
            'ForAllValues:StringEquals': { 'aws:ResourceOrgPaths': `${id}/${rootId}/` },
          },
        }),
      })
    await put(String(Organization?.Id))
    await encrypt(petra, key)
    await put('o-0000000000')
    await refused(encrypt(petra, key), 'AccessDeniedException')
  })
})

test('the key of another account is not for those whom a policy of their own organization stops', async () => {
  const guest = await partner.user('guest', 'kms:Encrypt')
  const forPartner = { Effect: 'Allow', Principal: { AWS: partner.rootArn }, Action: 'kms:Encrypt' }
  const key = await keyOf(production, forPartner)
  const deny = await attach(partner.id, 'StayHome', {
    Effect: 'Deny',
    Action: 'kms:*',
    Condition: { StringNotEquals: { 'aws:ResourceAccount': partner.id } },
  })
  await refused(encrypt(guest, key), 'AccessDeniedException', /service control policy/)
  await encrypt(guest, await keyOf(partner))
  await deny.end()
  await encrypt(guest, key)
})

test('what the organization says is kept ready, and read again when it changes', async () => {
  const key = await keyOf(production)
  const nora = await production.user('nora', 'kms:*')
  const reads = countReads(house.claviger.catalog.store)
  await encrypt(nora, key)
  expect(await reads.during(() => encrypt(nora, key))).toBe(0)
  await newUnit('Elsewhere', rootId)
  expect(await reads.during(() => encrypt(nora, key))).toBeGreaterThan(0)
  expect(await reads.during(() => encrypt(nora, key))).toBe(0)
  reads.stop()
})

async function newUnit(Name: string, ParentId: string): Promise<string> {
  const { OrganizationalUnit } = await house.root.organizations.createOrganizationalUnit({ Name, ParentId })
  return String(OrganizationalUnit?.Id)
}

/** The root user of a member account has no credentials: it is spoken for in the process. */
function rootOf(member: MemberAccount) {
  return {
    encrypt: (KeyId: string) =>
      house.claviger.service.call(
        {
          caller: {
            principal: { kind: 'root', arn: member.rootArn, account: member.id },
            account: member.id,
            accessKeyId: 'AKIAIOSFODNN7EXAMPL2',
            identityPolicies: [],
            tags: [],
          },
          service: 'kms',
          region: 'us-east-1',
          now: house.clock.now(),
          requestId: 'request',
          connection: { sourceIp: '127.0.0.1', userAgent: 'test', host: 'localhost' },
        },
        'Encrypt',
        () => ({ KeyId, Plaintext, GrantTokens: [] }),
      ),
  }
}
