import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { formatVersion, kinds } from '../../src/storage/kinds.ts'
import { lockDirectory } from '../../src/storage/sqlite/lock.ts'
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts'
import { storeContract } from './store-contract.ts'

const newDirectory = () => mkdtemp(join(tmpdir(), 'claviger-store-'))
const newPath = async () => join(await newDirectory(), 'claviger.sqlite')

storeContract('SQLite in a file', async () => openSqliteStore(await newPath()))
storeContract('SQLite in memory', () => openSqliteStore(':memory:'))

const someone = { accountId: '111122223333', name: 'somebody', createdAt: 0 }

describe('a SQLite store', () => {
  test('is there again when it is opened again, change number and all', async () => {
    const path = await newPath()
    const first = await openSqliteStore(path)
    await first.commit([{ put: 'account', value: someone }])
    const number = await first.changeNumber()
    await first.close()
    const second = await openSqliteStore(path)
    expect((await second.find('account', [someone.accountId]))?.value).toEqual(someone)
    expect(await second.changeNumber()).toBe(number)
    await second.close()
  })

  test('is readable by its owner alone', async () => {
    const path = await newPath()
    const store = await openSqliteStore(path)
    await store.commit([{ put: 'account', value: someone }])
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    await store.close()
  })

  test('sees at once what another connection has committed', async () => {
    const path = await newPath()
    const [one, two] = [await openSqliteStore(path), await openSqliteStore(path)]
    const before = await two.changeNumber()
    await one.commit([{ put: 'account', value: someone }])
    expect(await two.changeNumber()).toBeGreaterThan(before)
    expect(await two.changeNumber()).toBe(await one.changeNumber())
    await two.commit([{ put: 'account', value: { ...someone, name: 'else' } }])
    expect(await one.changeNumber()).toBe(await two.changeNumber())
    await one.close()
    await two.close()
  })

  test('has every acknowledged commit after its process was killed in the middle of the next', async () => {
    const path = await newPath()
    const program = `
      const { openSqliteStore } = await import(${JSON.stringify(sourceUrl('storage/sqlite/open-sqlite-store.ts'))})
      const store = await openSqliteStore(${JSON.stringify(path)})
      for (let at = 0; ; at += 1) {
        await store.commit([{ put: 'account', value: { accountId: String(at), name: 'x', createdAt: at } }])
        process.stdout.write(at + '\\n')
      }`
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', program])
    let heard = ''
    child.stdout.on('data', (data) => {
      heard += data
      if (heard.length > 400) child.kill('SIGKILL')
    })
    await once(child, 'close')
    expect(heard.length).toBeGreaterThan(400)
    const acknowledged = Number(heard.trimEnd().split('\n').at(-1))
    const store = await openSqliteStore(path)
    expect(await store.count('account', { prefix: [] })).toBeGreaterThanOrEqual(acknowledged)
    await store.close()
  })

  test('does not keep what was removed', async () => {
    const path = await newPath()
    const store = await openSqliteStore(path)
    await store.commit([{ put: 'account', value: { ...someone, name: 'REMEMBER-ME-NOT' } }])
    await store.commit([{ remove: 'account', key: [someone.accountId] }])
    await store.close()
    expect((await readFile(path)).includes('REMEMBER-ME-NOT')).toBe(false)
  })
})

describe('what a SQLite store is not opened on:', () => {
  const refused = (path: string, sentence: RegExp) =>
    expect(openSqliteStore(path)).rejects.toMatchObject({
      name: 'CannotStart',
      message: expect.stringMatching(sentence),
    })

  test('a database of a newer release', async () => {
    const path = await newPath()
    await (await openSqliteStore(path)).close()
    edit(path, `PRAGMA user_version = ${formatVersion + 1}`)
    await refused(path, /newer release of Claviger/)
  })

  test('a database of some other program', async () => {
    const path = await newPath()
    edit(path, 'CREATE TABLE theirs (it TEXT)')
    await refused(path, /of some other program/)
  })

  test('something that is no database, a damaged one, a place that is not there', async () => {
    const path = await newPath()
    await writeFile(path, 'this is a letter to my mother, and long enough to have a header '.repeat(20))
    await refused(path, /is not a database, or is damaged/)
    const damaged = await newPath()
    await (await openSqliteStore(damaged)).close()
    await truncate(damaged, 5000)
    await refused(damaged, /damaged/)
    await refused(join(await newDirectory(), 'no', 'such.sqlite'), /cannot be opened/)
    const directory = join(await newDirectory(), 'directory')
    await mkdir(directory)
    await refused(directory, /cannot be opened/)
  })
})

describe('an older database', () => {
  test('gets the tables, columns and indexes it lacks, filled from its values', async () => {
    const path = await newPath()
    const store = await openSqliteStore(path)
    const grant = {
      account: 'a',
      region: 'r',
      keyId: 'k',
      grantId: 'g',
      granteePrincipal: 'arn:p',
      name: 'n',
    }
    await store.commit([
      { put: 'grant', value: { ...grant, issuingAccount: 'a', operations: [], createdAt: 0 } },
    ])
    await store.close()
    edit(path, 'DROP INDEX grants_by_grantee; ALTER TABLE grants DROP COLUMN grantee; DROP TABLE aliases')
    edit(path, 'DROP INDEX grants_by_name; CREATE INDEX grants_by_name ON grants (region)')
    edit(path, 'CREATE INDEX grants_by_whim ON grants (region)')
    const again = await openSqliteStore(path)
    expect(await again.count('grant', { index: 'grantee', prefix: ['a', 'r', 'k', 'arn:p'] })).toBe(1)
    expect(await again.count('alias', { prefix: [] })).toBe(0)
    await again.close()
    expect(shapeOf(path)).toEqual(shapeOf(await freshPath()))
  })

  test('has what an older release would read otherwise rewritten: keys list their materials', async () => {
    const path = await newPath()
    await (await openSqliteStore(path)).close()
    const old = JSON.stringify({
      account: 'a',
      region: 'r',
      keyId: 'k',
      createdAt: 7,
      currentMaterialId: 'm',
    })
    const columns = 'account, region, key_id, key_manager, version, body'
    edit(path, `INSERT INTO keys (${columns}) VALUES ('a', 'r', 'k', 'CUSTOMER', 1, '${old}')`)
    edit(path, 'PRAGMA user_version = 1')
    const again = await openSqliteStore(path)
    expect((await again.find('key', ['a', 'r', 'k']))?.value).toEqual({
      account: 'a',
      region: 'r',
      keyId: 'k',
      createdAt: 7,
      materials: [{ materialId: 'm', state: 'CURRENT', createdAt: 7 }],
    })
    await again.close()
  })

  test('finds the policies of its users among those of everybody, under their new name', async () => {
    const path = await newPath()
    await (await openSqliteStore(path)).close()
    const old = JSON.stringify({ account: 'a', userId: 'AIDA', name: 'n', text: 't' })
    edit(path, 'DROP TABLE inline_policies')
    edit(
      path,
      'CREATE TABLE user_policies (account TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, ' +
        'version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, user_id, name)) STRICT',
    )
    edit(path, `INSERT INTO user_policies VALUES ('a', 'AIDA', 'n', 1, '${old}'); PRAGMA user_version = 2`)
    const again = await openSqliteStore(path)
    const kept = { account: 'a', ownerId: 'AIDA', name: 'n', text: 't' }
    expect((await again.find('inlinePolicy', ['a', 'AIDA', 'n']))?.value).toEqual(kept)
    expect(await again.list('inlinePolicy', { prefix: ['a', 'AIDA'], limit: 2 })).toHaveLength(1)
    await again.close()
    expect(shapeOf(path)).toEqual(shapeOf(await freshPath()))
  })

  test('is brought up to the layout that is written down here: change it together with the format version', async () => {
    expect(Object.keys(kinds).length).toBeGreaterThan(0)
    await expect(shapeOf(await freshPath()).join('\n')).toMatchFileSnapshot(`layout-${formatVersion}.sql`)
  })
})

describe('a data directory', () => {
  const holder = (directory: string) => `
    const { lockDirectory } = await import(${JSON.stringify(sourceUrl('storage/sqlite/lock.ts'))})
    lockDirectory(${JSON.stringify(directory)})
    gc()
    process.stdout.write('locked')
    setInterval(() => {}, 1000)`

  test("is one process's alone for as long as that lives, however it ends, whoever forgets about the lock", async () => {
    const directory = await newDirectory()
    const child = spawn(process.execPath, [
      '--conditions=source',
      '--expose-gc',
      '--input-type=module',
      '-e',
      holder(directory),
    ])
    await once(child.stdout, 'data')
    expect(() => lockDirectory(directory)).toThrow(`another Claviger is already running on ${directory}`)
    child.kill('SIGKILL')
    await once(child, 'close')
    lockDirectory(directory).release()
  })

  test('is held against a second holder in the same process, and can be given back', async () => {
    const directory = await newDirectory()
    const lock = lockDirectory(directory)
    expect(() => lockDirectory(directory)).toThrow('already running')
    lock.release()
    lockDirectory(directory).release()
  })

  test('that is not there is not held', async () => {
    expect(() => lockDirectory('/no/such/directory')).toThrow('cannot be used as a data directory')
  })
})

async function freshPath(): Promise<string> {
  const path = await newPath()
  await (await openSqliteStore(path)).close()
  return path
}

function edit(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

/** The columns and indexes of every table, in an order of their own. */
function shapeOf(path: string): string[] {
  const database = new DatabaseSync(path)
  const columns = database
    .prepare(
      `SELECT t.name || '.' || c.name || ' ' || c.type AS line
       FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
    )
    .all()
  const indexes = database
    .prepare(`SELECT sql AS line FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
    .all()
  database.close()
  return [...columns, ...indexes].map(({ line }) => String(line)).sort()
}

function sourceUrl(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href
}
