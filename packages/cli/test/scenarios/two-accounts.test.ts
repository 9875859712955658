import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type Person } from '../apply/applying.ts'

/** `examples/apply`: a key in one account, used from another, under the organization's guard rails. */

let house: House
let checkout: Person
let orders: string
beforeAll(async () => {
  house = await openHouse()
  await cp(join(import.meta.dirname, '../../../../examples/apply'), house.folder, { recursive: true })
  const { status, stdout, stderr } = await house.apply('two-accounts.yaml', '--yes')
  expect(status, stdout + stderr).toBe(0)
  const deployer = await house.profile('two-accounts.credentials', 'shop/deployer')
  checkout = await become(deployer, await roleArn(deployer, 'checkout'))
  orders = await keyArn()
})
afterAll(() => house.close())

const Plaintext = Buffer.from('one book')

test('the file is applied once, and describes what is there from then on', async () => {
  const { status, stdout } = await house.apply('two-accounts.yaml', '--plan')
  expect({ status, stdout }).toEqual({ status: 0, stdout: '0 to create, 0 to change, 11 untouched\n' })
})

test('whoever takes orders seals them under the key of the other account', async () => {
  const { CiphertextBlob } = await checkout.kms.encrypt({ KeyId: orders, Plaintext })
  const opened = await checkout.kms.decrypt({ CiphertextBlob })
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('one book')
})

test('the deployer only becomes somebody who may', async () => {
  const deployer = await house.profile('two-accounts.credentials', 'shop/deployer')
  await expect(deployer.kms.encrypt({ KeyId: orders, Plaintext })).rejects.toThrow(/not authorized/)
})

test('nobody in the unit deletes a key but who came to administer the account', async () => {
  const admin = await enter('vault')
  await admin.iam.createUser({ UserName: 'victor' })
  await admin.iam.attachUserPolicy({
    UserName: 'victor',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  const { AccessKey } = await admin.iam.createAccessKey({ UserName: 'victor' })
  const victor = house.person({
    accessKeyId: String(AccessKey?.AccessKeyId),
    secretAccessKey: String(AccessKey?.SecretAccessKey),
  })
  const { KeyMetadata: spare } = await admin.kms.createKey({})
  const KeyId = spare?.KeyId
  await expect(victor.kms.scheduleKeyDeletion({ KeyId })).rejects.toThrow(
    /explicit deny in a service control policy/,
  )
  await admin.kms.scheduleKeyDeletion({ KeyId })
})

test('an account that is added to the file is all that is made', async () => {
  const text = await house.read('two-accounts.yaml')
  await house.write('three.yaml', `${text}\n  ledger:\n    email: ledger@example.com\n    unit: Workloads\n`)
  const file = join(house.folder, 'two-accounts.credentials')
  const { status, stdout } = await house.apply('three.yaml', '--yes', '--credentials-file', file)
  expect(status).toBe(0)
  expect(stdout).toContain('1 to create, 0 to change, 11 untouched\n')
  expect(stdout).toContain('✓ created account ledger\n')
})

test('without the credentials of who enters accounts, nothing is done and it is said what would help', async () => {
  const none = join(house.folder, 'none.credentials')
  const { status, stderr } = await house.apply('two-accounts.yaml', '--yes', '--credentials-file', none)
  expect(status).toBe(3)
  expect(stderr).toContain('account `vault` cannot be entered as `seeder`')
  await house.write('rootless.yaml', 'accounts: {vault: {email: vault@example.com, users: {olga: {}}}}')
  const without = await house.apply('rootless.yaml', '--yes')
  expect(without.stderr).toContain('account `vault` cannot be entered: root users assume no roles')
})

async function keyArn(): Promise<string> {
  const { kms } = await enter('vault')
  return String((await kms.describeKey({ KeyId: 'alias/orders' })).KeyMetadata?.Arn)
}

async function roleArn({ sts }: Person, name: string): Promise<string> {
  const { Account } = await sts.getCallerIdentity({})
  return `arn:aws:iam::${Account}:role/${name}`
}

async function enter(name: string): Promise<Person> {
  const { Accounts = [] } = await house.root.organizations.listAccounts({})
  const id = Accounts.find(({ Name }) => Name === name)?.Id
  const seeder = await house.profile('two-accounts.credentials', 'seeder')
  return become(seeder, `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`)
}

async function become({ sts }: Person, RoleArn: string): Promise<Person> {
  const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: 'story' })
  return house.person({
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
}
