import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from './applying.ts'
import { type BreakingProxy, breakingProxy } from './breaking-proxy.ts'
import { everything } from './everything.ts'

/** Runs that break off, one after the other, each a little further on. */

let house: House
let proxy: BreakingProxy
let environment: Record<string, string>
beforeAll(async () => {
  house = await openHouse()
  proxy = await breakingProxy(house.claviger.url)
  const [, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = ''] =
    /id = (\S+)\n.*key = (\S+)\n/.exec(await house.read('.claviger/credentials')) ?? []
  environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL: proxy.url }
})
afterAll(async () => {
  await proxy.close()
  await house.close()
})

test('a file whose every run is cut off after three changes is applied all the same', {
  timeout: 120_000,
}, async () => {
  await house.write('everything.yaml', everything)
  let runs = 0
  for (let status = 3; status === 3; runs++) {
    expect(runs, 'each run has to get further').toBeLessThan(40)
    proxy.allow(3)
    const run = await house.applyAs(environment, 'everything.yaml', '--yes')
    if (run.status === 3) expect(run.stderr).toContain('the line is cut')
    status = run.status
    expect([0, 3]).toContain(status)
    if (!(await isBounded('bob'))) expect(await openRoles()).toEqual([])
  }
  expect(runs).toBeGreaterThan(5)
  expect(await house.apply('everything.yaml', '--plan')).toMatchObject({ status: 0 })
})

test('a run that is cut off between a key and its alias leaves a key that the next run goes on with', async () => {
  const kms = house.root.kmsIn('eu-west-1')
  await kms.createKey({ Description: 'Nobody named it, and somebody uses it' })
  const { Keys: earlier = [] } = await kms.listKeys({})
  await house.write('named.yaml', 'keys: {eu-west-1:named: {description: Named, tags: {a: b}}}')
  proxy.allow(1)
  const cut = await house.applyAs(environment, 'named.yaml', '--yes')
  expect(cut).toMatchObject({ status: 3, stderr: expect.stringContaining('was made, but not named') })
  const { Keys: before = [] } = await kms.listKeys({})
  expect(before).toHaveLength(earlier.length + 1)

  proxy.allow(1000)
  expect(await house.applyAs(environment, 'named.yaml', '--yes')).toMatchObject({ status: 0 })
  expect((await kms.listKeys({})).Keys).toEqual(before)
  const { KeyMetadata: key } = await kms.describeKey({ KeyId: 'alias/named' })
  expect(key?.Description).toBe('Named')
  const { Tags } = await kms.listResourceTags({ KeyId: key?.KeyId })
  expect(Tags).toEqual([{ TagKey: 'a', TagValue: 'b' }])
})

/** Whether a user has the last of the boundaries. */
async function isBounded(UserName: string): Promise<boolean> {
  const { Users = [] } = await house.root.iam.listUsers({})
  if (!Users.some((user) => user.UserName === UserName)) return false
  return (await house.root.iam.getUser({ UserName })).User?.PermissionsBoundary !== undefined
}

/** Roles that may be assumed, which none may before the boundaries are there. */
async function openRoles(): Promise<unknown[]> {
  const { Roles = [] } = await house.root.iam.listRoles({})
  return Roles.filter(({ AssumeRolePolicyDocument: text = '' }) => !text.includes('Deny'))
}
