import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../src/identity/account.ts'
import type { User } from '../../src/identity/user.ts'
import type { Alias } from '../../src/keys/alias.ts'
import type { GrantRecord } from '../../src/keys/grant.ts'
import type { Key } from '../../src/keys/key.ts'
import { positionOf } from '../../src/storage/layout.ts'
import { type Change, type Store, VersionMoved } from '../../src/storage/store.ts'

const account = '111122223333'
const region = 'us-east-1'

/** What every store promises. A backend may join when this passes for it. */
export function storeContract(name: string, makeStore: () => Promise<Store>): void {
  describe(`${name} keeps the promises of a store:`, () => {
    let store: Store
    beforeEach(async () => {
      store = await makeStore()
    })
    afterEach(() => store.close())

    finding(() => store)
    committing(() => store)
    listing(() => store)
    counting(() => store)
  })
}

function finding(store: () => Store): void {
  test('what was put is found, whole, and each time as a copy of its own', async () => {
    const value = key('a', {
      description: 'naïve \u0000 \ud800 \u{1f511}',
      tags: [{ key: 'team', value: 'blue' }],
    })
    await store().commit([{ put: 'key', value }])
    const first = await store().find('key', [account, region, 'a'])
    const second = await store().find('key', [account, region, 'a'])
    expect(first?.value).toEqual(value)
    expect(second).toEqual(first)
    expect(second?.value).not.toBe(first?.value)
  })

  test('nothing is found by a key that nobody has, or that nobody can have', async () => {
    await store().commit([{ put: 'account', value: anAccount('\ufffd') }])
    expect(await store().find('account', ['a'])).toBeUndefined()
    expect(await store().find('account', [''])).toBeUndefined()
    expect(await store().find('account', ['\ud800'])).toBeUndefined()
    expect(await store().find('account', ['\ufffd\0'])).toBeUndefined()
    expect(await store().find('account', ['\ufffd'])).toBeDefined()
  })

  test('keys are told apart by every byte, case included', async () => {
    const names = [
      'alias/a',
      'alias/A',
      'alias/a ',
      'alias/ä',
      'alias/a\u0308',
      "alias/'; DROP TABLE aliases; --",
      'alias/%',
    ]
    await store().commit(names.map((name) => ({ put: 'alias', value: alias(name, name) })))
    for (const name of names) {
      expect((await store().find('alias', [account, region, name]))?.value.targetKeyId).toBe(name)
    }
  })
}

function committing(store: () => Store): void {
  test('a value replaces the one it was made from, under a version of its own', async () => {
    await store().commit([{ put: 'key', value: key('a'), expected: 'absent' }])
    const before = await store().find('key', [account, region, 'a'])
    await store().commit([
      { put: 'key', value: key('a', { description: 'new' }), expected: before?.version ?? 0 },
    ])
    const after = await store().find('key', [account, region, 'a'])
    expect(after?.value.description).toBe('new')
    expect(after?.version).toBeGreaterThan(before?.version ?? 0)
  })

  test('of two who read the same, one changes it and the other is told', async () => {
    await store().commit([{ put: 'key', value: key('a') }])
    const read = await store().find('key', [account, region, 'a'])
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map((description) =>
        store().commit([{ put: 'key', value: key('a', { description }), expected: read?.version ?? 0 }]),
      ),
    )
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'VersionMoved' },
    })
  })

  test('what must be absent is not replaced, what must be there is not made', async () => {
    await store().commit([{ put: 'key', value: key('a'), expected: 'absent' }])
    await moved(store(), [{ put: 'key', value: key('a', { description: 'late' }), expected: 'absent' }])
    await moved(store(), [{ put: 'key', value: key('b'), expected: 1 }])
    expect((await store().find('key', [account, region, 'a']))?.value.description).toBe('')
    expect(await store().find('key', [account, region, 'b'])).toBeUndefined()
  })

  test('a version does not come back when a value is removed and made again', async () => {
    await store().commit([{ put: 'key', value: key('a') }])
    const first = await store().find('key', [account, region, 'a'])
    await store().commit([{ remove: 'key', key: [account, region, 'a'] }])
    await store().commit([{ put: 'key', value: key('a', { description: 'another' }) }])
    await moved(store(), [{ put: 'key', value: key('a'), expected: first?.version ?? 0 }])
    await moved(store(), [{ remove: 'key', key: [account, region, 'a'], expected: first?.version ?? 0 }])
  })

  test('removing needs no value to be there, unless a version was expected', async () => {
    await store().commit([{ remove: 'key', key: [account, region, 'never'] }])
    await moved(store(), [{ remove: 'key', key: [account, region, 'never'], expected: 1 }])
  })

  test('all of a commit happens or nothing of it', async () => {
    await store().commit([
      { put: 'key', value: key('a') },
      { put: 'alias', value: alias('alias/a', 'a') },
    ])
    const number = await store().changeNumber()
    await moved(store(), [
      { remove: 'alias', key: [account, region, 'alias/a'] },
      { put: 'key', value: key('b') },
      { put: 'key', value: key('a'), expected: 'absent' },
    ])
    expect(await store().find('alias', [account, region, 'alias/a'])).toBeDefined()
    expect(await store().find('key', [account, region, 'b'])).toBeUndefined()
    expect(await store().changeNumber()).toBe(number)
  })

  test('a commit can be held to something it does not change', async () => {
    await store().commit([{ put: 'key', value: key('a') }])
    const read = await store().find('key', [account, region, 'a'])
    const unmoved: Change = { unmoved: 'key', key: [account, region, 'a'], expected: read?.version ?? 0 }
    await store().commit([unmoved, { put: 'alias', value: alias('alias/1', 'a') }])
    expect((await store().find('key', [account, region, 'a']))?.version).toBe(read?.version)
    await store().commit([{ put: 'key', value: key('a', { description: 'moved' }) }])
    await moved(store(), [unmoved, { put: 'alias', value: alias('alias/2', 'a') }])
    expect(await store().find('alias', [account, region, 'alias/2'])).toBeUndefined()
    await store().commit([{ unmoved: 'key', key: [account, region, 'none'], expected: 'absent' }])
    await moved(store(), [{ unmoved: 'key', key: [account, region, 'a'], expected: 'absent' }])
  })

  test('a unique index has one entry of each, and lets a name move on within a commit', async () => {
    await store().commit([{ put: 'user', value: user('1', 'Alice') }])
    await moved(store(), [{ put: 'user', value: user('2', 'aLICE'), expected: 'absent' }])
    await moved(store(), [{ put: 'user', value: user('2', 'alice') }])
    await store().commit([
      { put: 'user', value: user('2', 'ALICE'), expected: 'absent' },
      { remove: 'user', key: [account, '1'] },
    ])
    expect((await store().find('user', [account, '2']))?.value.name).toBe('ALICE')
    await store().commit([{ put: 'user', value: { ...user('3', 'Alice'), account: '999988887777' } }])
  })

  test('naming one value twice in a commit is a bug, and so is text that has no form everywhere', async () => {
    const twice: Change[] = [
      { put: 'key', value: key('a') },
      { remove: 'key', key: [account, region, 'a'] },
    ]
    await expect(store().commit(twice)).rejects.toThrow('at most once')
    await expect(store().commit([{ put: 'key', value: key('\0') }])).rejects.toThrow('form in every backend')
    await expect(store().commit([{ put: 'key', value: key('\ud800') }])).rejects.toThrow(
      'form in every backend',
    )
    expect(await store().count('key', { prefix: [] })).toBe(0)
  })

  test('the change number moves with every commit and with nothing else', async () => {
    const numbers = [await store().changeNumber()]
    for (const id of ['a', 'b', 'c']) {
      await store().commit([{ put: 'key', value: key(id) }])
      numbers.push(await store().changeNumber())
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right))
    await store().find('key', [account, region, 'a'])
    await store().commit([])
    expect(await store().changeNumber()).toBe(numbers.at(-1))
  })
}

function listing(store: () => Store): void {
  test('a list comes in the order of its bytes, page after page, each value once', async () => {
    const names = [
      'alias/b',
      'alias/B',
      'alias/a',
      'alias/ab',
      'alias/\uffff',
      'alias/\u{10000}',
      'alias/é',
      'alias/z',
    ]
    await store().commit(names.map((name) => ({ put: 'alias', value: alias(name, 'k') })))
    await store().commit([{ put: 'alias', value: { ...alias('alias/a', 'k'), region: 'eu-west-1' } }])
    const seen: string[] = []
    for (let after: { after?: readonly (string | number)[] } = {}; ; ) {
      const page = await store().list('alias', { prefix: [account, region], limit: 3, ...after })
      seen.push(...page.map(({ value }) => value.name))
      const last = page.at(-1)
      if (last === undefined) break
      after = { after: positionOf('alias', last.value) }
    }
    expect(seen).toEqual(
      names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
    )
  })

  test('an index lists only what it has, in its own order, and pages through equal entries by their keys', async () => {
    const due = [5, 1, 3, 3, 3]
    await store().commit(due.map((deletionAt, at) => ({ put: 'key', value: dueKey(`k${at}`, deletionAt) })))
    await store().commit([{ put: 'key', value: key('alive') }])
    const all = await store().list('key', { index: 'due', prefix: [], limit: 99 })
    expect(all.map(({ value }) => value.keyId)).toEqual(['k1', 'k2', 'k3', 'k4', 'k0'])
    const [first, second] = all
    expect(first && second).toBeDefined()
    if (second === undefined) return
    const after = positionOf('key', second.value, 'due')
    const rest = await store().list('key', { index: 'due', prefix: [], after, limit: 2 })
    expect(rest.map(({ value }) => value.keyId)).toEqual(['k3', 'k4'])
  })

  test('an index tells what is due by now', async () => {
    await store().commit(
      [7, 8, 9].map((deletionAt) => ({ put: 'key', value: dueKey(`${deletionAt}`, deletionAt) })),
    )
    const due = await store().list('key', { index: 'due', prefix: [], upTo: 8, limit: 99 })
    expect(due.map(({ value }) => value.keyId)).toEqual(['7', '8'])
    expect(await store().count('key', { index: 'due', prefix: [], upTo: 8 })).toBe(2)
  })

  test('a value that changes is found where it now belongs and no longer where it was', async () => {
    await store().commit([{ put: 'key', value: key('a', { deletionAt: 5 }) }])
    await store().commit([{ put: 'key', value: key('a') }])
    expect(await store().list('key', { index: 'due', prefix: [], limit: 9 })).toEqual([])
    await store().commit([{ put: 'alias', value: alias('alias/a', 'old') }])
    await store().commit([{ put: 'alias', value: alias('alias/a', 'new') }])
    const target = (id: string) => store().count('alias', { index: 'target', prefix: [account, region, id] })
    expect([await target('old'), await target('new')]).toEqual([0, 1])
  })

  test('grants are found by key, by grantee, by who may retire them and by name', async () => {
    await store().commit([
      { put: 'grant', value: grant('1', { granteePrincipal: 'arn:a', granteeUniqueId: 'AIDA1', name: 'n' }) },
      { put: 'grant', value: grant('2', { granteePrincipal: 'arn:a', retiringPrincipal: 'arn:r' }) },
      { put: 'grant', value: grant('3', { granteeServicePrincipal: 's3', retiringServicePrincipal: 's3' }) },
      {
        put: 'grant',
        value: { ...grant('4', { granteePrincipal: 'arn:a', retiringPrincipal: 'arn:r' }), keyId: 'k2' },
      },
    ])
    const found = async (index: 'grantee' | 'retiring' | 'name' | undefined, prefix: string[]) => {
      const grants = await store().list('grant', { ...(index && { index }), prefix, limit: 99 })
      return grants.map(({ value }) => value.grantId)
    }
    expect(await found(undefined, [account, region, 'k'])).toEqual(['1', '2', '3'])
    expect(await found('grantee', [account, region, 'k', 'arn:a'])).toEqual(['2'])
    expect(await found('grantee', [account, region, 'k', 'AIDA1'])).toEqual(['1'])
    expect(await found('grantee', [account, region, 'k', 's3'])).toEqual(['3'])
    expect(await found('retiring', [region, 'arn:r'])).toEqual(['2', '4'])
    expect(await found('retiring', [region])).toEqual(['2', '4', '3'])
    expect(await found('name', [account, region, 'k', 'n'])).toEqual(['1'])
  })

  test('a prefix is made of whole parts and its characters mean themselves', async () => {
    await store().commit(['a', 'ab', '%'].map((name) => ({ put: 'alias', value: alias(name, 'k') })))
    expect(await store().count('alias', { prefix: [account, region, 'a'] })).toBe(1)
    expect(await store().count('alias', { prefix: [account, region, '%'] })).toBe(1)
    expect(await store().list('alias', { prefix: [account, region, '\0'], limit: 9 })).toEqual([])
    expect(await store().list('alias', { prefix: [account], after: ['\ud800'], limit: 9 })).toEqual([])
  })
}

function counting(store: () => Store): void {
  test('a count is what a list would give without its limit', async () => {
    const ids = Array.from({ length: 25 }, (_, at) => `k${at}`)
    await store().commit(ids.map((id) => ({ put: 'key', value: key(id) })))
    expect(await store().count('key', { prefix: [] })).toBe(25)
    expect(await store().count('key', { prefix: [account] })).toBe(25)
    expect(await store().count('key', { prefix: ['999988887777'] })).toBe(0)
    expect(await store().list('key', { prefix: [account], limit: 10 })).toHaveLength(10)
  })
}

async function moved(store: Store, changes: readonly Change[]): Promise<void> {
  await expect(store.commit(changes)).rejects.toBeInstanceOf(VersionMoved)
}

function key(keyId: string, rest: Partial<Key> = {}): Key {
  return {
    account,
    region,
    keyId,
    policy: { text: '{}', bindings: {} },
    description: '',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    keyManager: 'CUSTOMER',
    keyState: 'Enabled',
    createdAt: 0,
    materials: [],
    tags: [],
    ...rest,
  }
}

function dueKey(keyId: string, deletionAt: number): Key {
  return key(keyId, { keyState: 'PendingDeletion', deletionAt })
}

function alias(name: string, targetKeyId: string): Alias {
  return { account, region, name, targetKeyId, createdAt: 0, updatedAt: 0 }
}

function grant(grantId: string, rest: Partial<GrantRecord>): GrantRecord {
  return {
    account,
    region,
    keyId: 'k',
    grantId,
    issuingAccount: account,
    operations: [],
    createdAt: 0,
    ...rest,
  }
}

function user(uniqueId: string, name: string): User {
  return { account, uniqueId, name, path: '/', createdAt: 0, tags: [] }
}

function anAccount(accountId: string): Account {
  return { accountId, name: 'somebody', createdAt: 0 }
}
