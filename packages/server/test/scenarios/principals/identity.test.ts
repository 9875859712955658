import { afterAll, beforeAll, expect, test } from 'vitest'
import { askWhy } from '../../../src/index.ts'
import {
  allow,
  bytes,
  keyPolicy,
  newKey,
  type Person,
  refused,
  rootArn,
  type Serving,
  serve,
} from '../../serving.ts'
import { assume, newRole, trusting } from '../../sessions.ts'
import { countReads } from '../../store-reads.ts'

/** What a company does with users, groups, roles and policies, from the view of its keys. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const Plaintext = bytes('text')

async function requestIdOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('nothing was refused'),
    (thrown: Error & { $metadata?: { requestId?: string } }) => thrown,
  )
  return String('$metadata' in error ? error.$metadata?.requestId : error.message)
}

test('a developer may do everything her group says, but nothing beyond her boundary', async () => {
  const { iam, kms } = house.root
  const { id: KeyId } = await newKey(house.root)
  const dana = await house.user('dana')
  await iam.createGroup({ GroupName: 'Developers' })
  await iam.attachGroupPolicy({
    GroupName: 'Developers',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  await iam.addUserToGroup({ GroupName: 'Developers', UserName: 'dana' })
  await dana.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 30 })
  await kms.cancelKeyDeletion({ KeyId })
  await kms.enableKey({ KeyId })

  const { Policy } = await iam.createPolicy({
    PolicyName: 'OnlyUse',
    PolicyDocument: allow(['kms:Encrypt', 'kms:Decrypt', 'iam:*'], { on: '*' }),
  })
  await iam.putUserPermissionsBoundary({ UserName: 'dana', PermissionsBoundary: String(Policy?.Arn) })
  await dana.kms.encrypt({ KeyId, Plaintext })
  const deletion = dana.kms.scheduleKeyDeletion({ KeyId })
  await refused(deletion, 'AccessDeniedException', /because no permissions boundary allows/)

  const why = await askWhy(house.dataDir, await requestIdOf(dana.kms.scheduleKeyDeletion({ KeyId })))
  expect(why).toMatchObject({
    kind: 'denied',
    denial: {
      policies: [
        { kind: 'key-policy' },
        { kind: 'identity-policy', name: 'AdministratorAccess' },
        { kind: 'permissions-boundary', name: 'OnlyUse' },
      ],
    },
  })

  await iam.createPolicyVersion({
    PolicyArn: String(Policy?.Arn),
    PolicyDocument: allow(['kms:*'], { on: '*' }),
    SetAsDefault: true,
  })
  await dana.kms.scheduleKeyDeletion({ KeyId })
})

test('a denial shows which group and which managed policy said no', async () => {
  const { iam } = house.root
  const { id: KeyId } = await newKey(house.root)
  const erin = await house.user('erin', 'kms:*')
  const deny = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'NotTheirs', Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }],
  })
  await iam.createGroup({ GroupName: 'Interns' })
  await iam.putGroupPolicy({ GroupName: 'Interns', PolicyName: 'careful', PolicyDocument: deny })
  const { CiphertextBlob } = await erin.kms.encrypt({ KeyId, Plaintext })
  await iam.addUserToGroup({ GroupName: 'Interns', UserName: 'erin' })
  const denied = await askWhy(house.dataDir, await requestIdOf(erin.kms.decrypt({ CiphertextBlob })))
  expect(denied).toMatchObject({
    denial: { explanation: { outcome: { because: [{ policy: { name: 'group/Interns/careful' } }] } } },
  })

  await iam.deleteGroupPolicy({ GroupName: 'Interns', PolicyName: 'careful' })
  const { Policy } = await iam.createPolicy({ PolicyName: 'Careful', PolicyDocument: deny })
  await iam.attachGroupPolicy({ GroupName: 'Interns', PolicyArn: String(Policy?.Arn) })
  await refused(
    erin.kms.decrypt({ CiphertextBlob }),
    'AccessDeniedException',
    new RegExp(`with an explicit deny in an identity-based policy: ${Policy?.Arn}$`),
  )
})

test('a deleted role whose name is used again regains neither a key nor a grant', async () => {
  const { iam, kms } = house.root
  const wanda = await house.user('wanda', 'sts:AssumeRole')
  const newWorker = () => newRole(house.root, 'Worker', trusting({ AWS: rootArn }))
  const RoleArn = await newWorker()
  const encrypt = (who: Person, KeyId: string) => who.kms.encrypt({ KeyId, Plaintext })
  const statement = { Effect: 'Allow', Principal: { AWS: RoleArn }, Action: 'kms:Encrypt' }
  const { id } = await newKey(house.root, { Policy: keyPolicy(statement) })
  const { id: granted } = await newKey(house.root)
  await kms.createGrant({ KeyId: granted, GranteePrincipal: RoleArn, Operations: ['Encrypt'] })
  const first = await assume(house, wanda, { RoleArn })
  await encrypt(first, id)
  await encrypt(first, granted)

  await iam.deleteRole({ RoleName: 'Worker' })
  await refused(encrypt(first, id), 'UnrecognizedClientException')
  await newWorker()
  const second = await assume(house, wanda, { RoleArn })
  await refused(encrypt(second, id), 'AccessDeniedException', /no identity-based policy/)
  await refused(encrypt(second, granted), 'AccessDeniedException', /no identity-based policy/)
  // Nor does who still held the first one's credentials.
  await refused(encrypt(first, id), 'UnrecognizedClientException')

  await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy(statement) })
  await encrypt(second, id)
})

test('somebody who calls again and again is answered from memory, until something of his changes', async () => {
  const { iam } = house.root
  const { id: KeyId } = await newKey(house.root)
  const fay = await house.user('fay')
  await iam.createGroup({ GroupName: 'Users' })
  await iam.addUserToGroup({ GroupName: 'Users', UserName: 'fay' })
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam.attachGroupPolicy({ GroupName: 'Users', PolicyArn })
  const reads = countReads(house.claviger.catalog.store)
  const encrypt = () => fay.kms.encrypt({ KeyId, Plaintext })
  expect(await reads.during(encrypt)).toBeGreaterThan(0)
  expect(await reads.during(encrypt)).toBe(0)
  // What concerns somebody else is no reason to read again.
  await iam.createUser({ UserName: 'somebody-else' })
  await iam.attachUserPolicy({ UserName: 'somebody-else', PolicyArn })
  expect(await reads.during(encrypt)).toBe(0)
  await iam.detachGroupPolicy({ GroupName: 'Users', PolicyArn })
  await refused(encrypt(), 'AccessDeniedException')
  reads.stop()
})
