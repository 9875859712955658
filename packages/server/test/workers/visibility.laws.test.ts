import { setTimeout as after } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SharedTable } from '../../src/base/shared-table.ts'
import { newDevice } from '../authenticator.ts'
import { account, allow, keyPolicy, newKey, type Serving, type User } from '../serving.ts'
import { atBoth, type Connection, type Outcome, servedByTwo } from './connection.ts'

/** Whatever one worker has answered, the other goes by from the next request on. */

let house: Serving
let alice: User
/** The root user's connections to each worker, and the user's. */
let administrators: readonly [Connection, Connection]
let users: readonly [Connection, Connection]
let keyId: string

const managed = `arn:aws:iam::${account}:policy/may-encrypt`

beforeAll(async () => {
  house = await servedByTwo()
  alice = await house.user('alice')
  keyId = (await newKey(house.root)).id
  const document = allow(['kms:Encrypt'], { on: '*' })
  await house.root.iam.createPolicy({ PolicyName: 'may-encrypt', PolicyDocument: document })
  administrators = await atBoth(house, house.root.credentials)
  users = await atBoth(house, alice.credentials)
})
afterAll(async () => {
  for (const connection of [...administrators, ...users]) connection.close()
  await house.close()
})

/** What decides whether Alice may encrypt, as far as it has been answered. */
interface World {
  policy: 'delegating' | 'naming' | 'denying'
  isAttached: boolean
  isEnabled: boolean
  grantIds: string[]
  alias: 'this key' | 'none'
}

type Deed = (world: World, by: Connection) => Promise<Outcome | undefined>

const statements = {
  delegating: [],
  naming: () => [{ Effect: 'Allow', Principal: { AWS: alice.arn }, Action: 'kms:Encrypt' }],
  denying: () => [{ Effect: 'Deny', Principal: { AWS: alice.arn }, Action: 'kms:Encrypt' }],
}

const putPolicy = (policy: World['policy']): Deed => {
  return (world, by) => {
    world.policy = policy
    const told = statements[policy]
    const Policy = keyPolicy(...(typeof told === 'function' ? told() : told))
    return by.kms('PutKeyPolicy', { KeyId: keyId, PolicyName: 'default', Policy })
  }
}

const deeds: Readonly<Record<string, Deed>> = {
  'PutKeyPolicy delegating': putPolicy('delegating'),
  'PutKeyPolicy naming her': putPolicy('naming'),
  'PutKeyPolicy denying her': putPolicy('denying'),
  async AttachUserPolicy(world, by) {
    world.isAttached = true
    return by.form('iam', 'AttachUserPolicy', { UserName: 'alice', PolicyArn: managed })
  },
  async DetachUserPolicy(world, by) {
    if (!world.isAttached) return undefined
    world.isAttached = false
    return by.form('iam', 'DetachUserPolicy', { UserName: 'alice', PolicyArn: managed })
  },
  async CreateGrant(world, by) {
    if (!world.isEnabled) return undefined
    const input = { KeyId: keyId, GranteePrincipal: alice.arn, Operations: ['Encrypt'] }
    const made = await by.kms('CreateGrant', input)
    world.grantIds.push(String(made.answer.GrantId))
    return made
  },
  async RevokeGrant(world, by) {
    const grantId = world.grantIds.pop()
    return grantId === undefined ? undefined : by.kms('RevokeGrant', { KeyId: keyId, GrantId: grantId })
  },
  async DisableKey(world, by) {
    world.isEnabled = false
    return by.kms('DisableKey', { KeyId: keyId })
  },
  async EnableKey(world, by) {
    world.isEnabled = true
    return by.kms('EnableKey', { KeyId: keyId })
  },
  async CreateAlias(world, by) {
    if (world.alias === 'this key') return undefined
    world.alias = 'this key'
    return by.kms('CreateAlias', { AliasName: 'alias/it', TargetKeyId: keyId })
  },
  async DeleteAlias(world, by) {
    if (world.alias === 'none') return undefined
    world.alias = 'none'
    return by.kms('DeleteAlias', { AliasName: 'alias/it' })
  },
}

/** What Alice is told who wants to encrypt. */
function expected({ policy, isAttached, isEnabled, grantIds }: World): string {
  if (policy === 'denying') return 'AccessDeniedException'
  if (policy === 'delegating' && !isAttached && grantIds.length === 0) return 'AccessDeniedException'
  return isEnabled ? 'ok' : 'DisabledException'
}

/** What a law begins with, whatever the one before has left. */
async function beginning(): Promise<World> {
  const { kms, iam } = house.root
  await kms.putKeyPolicy({ KeyId: keyId, Policy: keyPolicy() })
  await kms.enableKey({ KeyId: keyId })
  await iam.detachUserPolicy({ UserName: 'alice', PolicyArn: managed }).catch(() => undefined)
  await kms.deleteAlias({ AliasName: 'alias/it' }).catch(() => undefined)
  const { Grants = [] } = await kms.listGrants({ KeyId: keyId })
  for (const { GrantId } of Grants) await kms.revokeGrant({ KeyId: keyId, GrantId })
  return { policy: 'delegating', isAttached: false, isEnabled: true, grantIds: [], alias: 'none' }
}

const steps = fc.array(
  fc.record({ deed: fc.constantFrom(...Object.keys(deeds)), at: fc.constantFrom(0, 1) }),
  {
    minLength: 1,
    maxLength: 8,
  },
)

test('after a change has been answered by one worker, both decide the very next request by it', async () => {
  const encrypt = (at: number) => users[at]?.kms('Encrypt', { KeyId: keyId, Plaintext: 'aGk=' })
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = await beginning()
      for (const { deed, at } of all) {
        const administrator = administrators[at]
        if (administrator === undefined) throw new Error('there are two')
        const done = await deeds[deed]?.(world, administrator)
        if (done !== undefined) expect(done.code, done.text).toBe('ok')
        const other = await encrypt(1 - at)
        expect([deed, other?.code]).toEqual([deed, expected(world)])
        expect([deed, (await encrypt(at))?.code]).toEqual([deed, expected(world)])
        const named = await users[1 - at]?.kms('Encrypt', { KeyId: 'alias/it', Plaintext: 'aGk=' })
        // Who may use no key of that name learns nothing of whether there is one.
        expect([deed, named?.code]).toEqual([deed, expectedByAlias(world)])
      }
    }),
    { numRuns: Number(process.env.CLAVIGER_LAW_RUNS ?? 100) },
  )
}, 240_000)

function expectedByAlias(world: World): string {
  return world.alias === 'this key' ? expected(world) : 'NotFoundException'
}

test('a worker that was held up when the change was made goes by it before it goes on', async () => {
  await beginning()
  const { workers } = house.claviger
  await house.root.iam.attachUserPolicy({ UserName: 'alice', PolicyArn: managed })
  const { serialNumber: SerialNumber } = await newDevice(house.root, 'alice', house.clock.now())
  const [[, heldUp], [, later]] = [users, await atBoth(house, alice.credentials)]
  expect((await later.kms('Encrypt', { KeyId: keyId, Plaintext: 'aGk=' })).code).toBe('ok')

  // Whoever wants to know about guesses waits for the lock of their table, and does nothing else meanwhile.
  const guesses = workers?.memory.guesses ?? SharedTable.memory(1)
  Atomics.store(new Int32Array(guesses), 0, nobody)
  const waiting = heldUp.form('sts', 'GetSessionToken', { SerialNumber, TokenCode: '000000' })
  await after(50)
  const encrypting = later.begin('Encrypt', { KeyId: keyId, Plaintext: 'aGk=' })
  await after(50)
  expect((await administrators[0].kms('DisableKey', { KeyId: keyId })).code).toBe('ok')
  // What the worker is told of the change lies behind this request, whose end comes last of all.
  const answer = encrypting.finish()
  await after(50)
  new SharedTable(guesses, nobody).release(nobody)
  expect((await answer).code).toBe('DisabledException')
  expect((await waiting).code).toBe('AccessDenied')
  later.close()
}, 30_000)

/** A thread that there is none of. */
const nobody = 1_000_000
