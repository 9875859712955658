import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { askWhy } from '../../src/index.ts'
import {
  account,
  allow,
  bytes,
  keyPolicy,
  newKey,
  refused,
  rootArn,
  type Serving,
  serve,
} from '../serving.ts'

/** What a company does with users, groups, roles and policies, from the view of its keys. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const Plaintext = bytes('text')
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'sts:AssumeRole' }],
})

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

test('a deleted role whose name is used again does not regain a key', async () => {
  const { iam, kms } = house.root
  const roleArn = `arn:aws:iam::${account}:role/Worker`
  const role = async () => {
    const { Role } = await iam.createRole({ RoleName: 'Worker', AssumeRolePolicyDocument: trust })
    return String(Role?.RoleId)
  }
  const encryptAs = async (roleId: string, KeyId: string) => {
    const { catalog, service } = house.claviger
    const caller = await catalog.principals.callerOfRole({
      account,
      roleId,
      sessionName: 'session',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    })
    if (caller === undefined) throw new Error('there is no such role')
    const call: Call = {
      caller,
      service: 'kms',
      region: 'us-east-1',
      now: house.clock.now(),
      requestId: 'request',
      connection: { sourceIp: '127.0.0.1', userAgent: 'test', host: 'localhost' },
    }
    return service.call(call, 'Encrypt', () => ({ KeyId, Plaintext, GrantTokens: [] }))
  }

  const first = await role()
  const statement = { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:Encrypt' }
  const { id } = await newKey(house.root, { Policy: keyPolicy(statement) })
  const { id: granted } = await newKey(house.root)
  await kms.createGrant({ KeyId: granted, GranteePrincipal: roleArn, Operations: ['Encrypt'] })
  await encryptAs(first, id)
  await encryptAs(first, granted)

  await iam.deleteRole({ RoleName: 'Worker' })
  await expect(encryptAs(first, id)).rejects.toThrow('there is no such role')
  const second = await role()
  await expect(encryptAs(second, id)).rejects.toThrow(/no resource-based policy|no identity-based policy/)
  await expect(encryptAs(second, granted)).rejects.toThrow(/no identity-based policy/)

  await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy(statement) })
  await encryptAs(second, id)
})

test('somebody who calls again and again is answered from memory, until something of his changes', async () => {
  const { iam } = house.root
  const { id: KeyId } = await newKey(house.root)
  const fay = await house.user('fay')
  await iam.createGroup({ GroupName: 'Users' })
  await iam.addUserToGroup({ GroupName: 'Users', UserName: 'fay' })
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam.attachGroupPolicy({ GroupName: 'Users', PolicyArn })
  const { store } = house.claviger.catalog
  let reads = 0
  const counted =
    <A extends unknown[], R>(read: (...asked: A) => R) =>
    (...asked: A): R => {
      // Denials of calls before are put away meanwhile, and by nobody's call.
      if (asked[0] !== 'denial') reads += 1
      return read.apply(store, asked)
    }
  const { find, list } = store
  Object.assign(store, { find: counted(find), list: counted(list) })
  const readsOf = async (call: () => Promise<unknown>) => {
    const before = reads
    await call()
    return reads - before
  }
  const encrypt = () => fay.kms.encrypt({ KeyId, Plaintext })
  expect(await readsOf(encrypt)).toBeGreaterThan(0)
  // What was read while something else was being written is not kept: then the next call reads it once more.
  if ((await readsOf(encrypt)) > 0) await encrypt()
  expect(await readsOf(encrypt)).toBe(0)
  // What concerns somebody else is no reason to read again.
  await iam.createUser({ UserName: 'somebody-else' })
  await iam.attachUserPolicy({ UserName: 'somebody-else', PolicyArn })
  expect(await readsOf(encrypt)).toBe(0)
  await iam.detachGroupPolicy({ GroupName: 'Users', PolicyArn })
  await refused(encrypt(), 'AccessDeniedException')
  Object.assign(store, { find, list })
})
