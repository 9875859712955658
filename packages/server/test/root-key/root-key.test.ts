import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemChance } from '../../src/base/chance.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { rootKeyFile } from '../../src/root-key/file/root-key-file.ts'
import { rootKeyPassphrase } from '../../src/root-key/passphrase/root-key-passphrase.ts'
import { openRootKey, type RootKeySource, rootKeyCheck } from '../../src/root-key/root-key.ts'
import { type Place, unwrap, wrap } from '../../src/root-key/wrapping.ts'

const chance = systemChance()
const newDirectory = () => mkdtemp(join(tmpdir(), 'claviger-root-key-'))
const newPath = async () => join(await newDirectory(), 'root.key')

const refused = (opening: Promise<unknown>, sentence: RegExp) =>
  expect(opening).rejects.toMatchObject({ name: 'CannotStart', message: expect.stringMatching(sentence) })

describe('the root key file', () => {
  test('is made on the first start, for its owner alone, and holds the same key from then on', async () => {
    const path = await newPath()
    const first = await rootKeyFile(path, chance).open({ firstStart: true })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toMatch(/^claviger-root-key-v1 [A-Za-z0-9+/]{43}= [0-9a-f]{16}\n$/)
    expect((await rootKeyFile(path, chance).open({ firstStart: false })).equals(first)).toBe(true)
    // A first start that was cut short after this point comes again.
    expect((await rootKeyFile(path, chance).open({ firstStart: true })).equals(first)).toBe(true)
  })

  test('is never made anew for keys that are stored already', async () => {
    const path = await newPath()
    await refused(rootKeyFile(path, chance).open({ firstStart: false }), /is missing; put it back/)
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  test('is refused when others may read it', async () => {
    const path = await newPath()
    await rootKeyFile(path, chance).open({ firstStart: true })
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(path, mode)
      await refused(rootKeyFile(path, chance).open({ firstStart: false }), /others than its owner/)
    }
  })

  test('is refused when any one character of it is another, or missing', async () => {
    const path = await newPath()
    await rootKeyFile(path, chance).open({ firstStart: true })
    const text = await readFile(path, 'utf8')
    for (let at = 0; at < text.length - 1; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A'
      for (const damaged of [text.slice(0, at) + other + text.slice(at + 1), text.slice(0, at)]) {
        await writeFile(path, damaged)
        await refused(rootKeyFile(path, chance).open({ firstStart: false }), /is damaged/)
      }
    }
  })

  test('that cannot be made or read is refused with its path', async () => {
    const path = join(await newDirectory(), 'no', 'such', 'root.key')
    await refused(rootKeyFile(path, chance).open({ firstStart: true }), /cannot be made/)
    const directory = await newDirectory()
    await chmod(directory, 0o700)
    await refused(rootKeyFile(directory, chance).open({ firstStart: false }), /cannot be read/)
  })
})

describe('a root key passphrase', () => {
  test('makes the same key each time, and each installation another', async () => {
    const [here, there] = [await newDirectory(), await newDirectory()]
    const passphrase = 'correct horse battery staple'
    const first = await rootKeyPassphrase({ directory: here, passphrase }, chance).open({ firstStart: true })
    const again = await rootKeyPassphrase({ directory: here, passphrase }, chance).open({ firstStart: false })
    const other = await rootKeyPassphrase({ directory: there, passphrase }, chance).open({ firstStart: true })
    expect(again.equals(first)).toBe(true)
    expect(other.equals(first)).toBe(false)
    const { salt, ...recipe } = JSON.parse(await readFile(join(here, 'root-key.json'), 'utf8'))
    expect(recipe).toEqual({ format: 1, algorithm: 'argon2id', passes: 3, memoryKiB: 65_536, lanes: 4 })
    expect(Buffer.from(salt, 'base64')).toHaveLength(16)
  })

  test('is the same however its accents were typed', async () => {
    const directory = await newDirectory()
    const one = await rootKeyPassphrase({ directory, passphrase: 'caf\u00e9' }, chance).open({
      firstStart: true,
    })
    const two = await rootKeyPassphrase({ directory, passphrase: 'cafe\u0301' }, chance).open({
      firstStart: false,
    })
    expect(one.equals(two)).toBe(true)
  })

  test('is refused when it is empty', async () => {
    const directory = await newDirectory()
    for (const passphrase of ['', '  \n']) {
      await refused(
        rootKeyPassphrase({ directory, passphrase }, chance).open({ firstStart: true }),
        /is empty/,
      )
    }
  })

  test('is refused when its recipe is missing, damaged or asks for too much', async () => {
    const directory = await newDirectory()
    const source = rootKeyPassphrase({ directory, passphrase: 'x' }, chance)
    await refused(source.open({ firstStart: false }), /cannot be read; put it back/)
    const recipe = {
      format: 1,
      algorithm: 'argon2id',
      passes: 3,
      memoryKiB: 65_536,
      lanes: 4,
      salt: 'AAAAAAAAAAAAAAAAAAAAAA==',
    }
    const wrong = [
      { format: 2 },
      { algorithm: 'argon2d' },
      { passes: 0 },
      { memoryKiB: 2 ** 40 },
      { lanes: 'four' },
      { salt: 'AAAA' },
    ]
    for (const text of [
      '',
      'null',
      '[]',
      '{',
      ...wrong.map((part) => JSON.stringify({ ...recipe, ...part })),
    ]) {
      await writeFile(join(directory, 'root-key.json'), text)
      await refused(source.open({ firstStart: false }), /is damaged/)
    }
    await rm(join(directory, 'root-key.json'))
  })
})

describe('an installation', () => {
  const fixed = (rootKey: Secret): RootKeySource => ({
    description: 'this test',
    open: async () => new Secret(Buffer.from(bytesOf.get(rootKey) ?? '')),
  })
  const bytesOf = new WeakMap<Secret, Uint8Array>()
  const aRootKey = () => {
    const bytes = chance.bytes(32)
    const rootKey = new Secret(bytes)
    bytesOf.set(rootKey, bytes)
    return rootKey
  }

  test('starts with the root key it was made with, and with no other', async () => {
    const [rootKey, other] = [aRootKey(), aRootKey()]
    const installation = { id: 'i-1', rootKeyCheck: rootKeyCheck(rootKey, 'i-1', chance) }
    expect((await openRootKey(fixed(rootKey), installation)).equals(rootKey)).toBe(true)
    await refused(
      openRootKey(fixed(other), installation),
      /this test is not the root key of the keys stored here/,
    )
    await refused(openRootKey(fixed(rootKey), { ...installation, id: 'i-2' }), /not the root key/)
    await refused(openRootKey(fixed(rootKey), { ...installation, rootKeyCheck: '' }), /not the root key/)
  })

  test('takes what its source yields on the first start', async () => {
    const rootKey = aRootKey()
    expect((await openRootKey(fixed(rootKey), undefined)).equals(rootKey)).toBe(true)
  })
})

describe('wrapped key material', () => {
  const place = { account: '1', region: 'r', keyId: 'k', materialId: 'm' }
  const rootKey = new Secret(chance.bytes(32))
  const material = new Secret(chance.bytes(32))
  const wrapped = wrap(material, { rootKey, purpose: 'keyMaterial', place }, chance)

  test('unwraps in its own place', () => {
    expect(unwrap(wrapped, { rootKey, purpose: 'keyMaterial', place })?.equals(material)).toBe(true)
  })

  test('does not unwrap in a row that was moved, swapped or edited, nor under another root key or use', () => {
    for (const name of Object.keys(place)) {
      const elsewhere = { ...place, [name]: 'elsewhere' }
      expect(unwrap(wrapped, { rootKey, purpose: 'keyMaterial', place: elsewhere })).toBeUndefined()
    }
    const shifted = { account: '1r', region: '', keyId: 'k', materialId: 'm' }
    expect(unwrap(wrapped, { rootKey, purpose: 'keyMaterial', place: shifted })).toBeUndefined()
    const another = new Secret(chance.bytes(32))
    expect(unwrap(wrapped, { rootKey: another, purpose: 'keyMaterial', place })).toBeUndefined()
    const credential: Place<'secretAccessKey'> = { account: '1', owner: 'r', accessKeyId: 'k' }
    expect(unwrap(wrapped, { rootKey, purpose: 'secretAccessKey', place: credential })).toBeUndefined()
    for (const damaged of [
      '',
      'AQ==',
      `AA${wrapped.slice(2)}`,
      wrapped.slice(4),
      `${wrapped.slice(0, -8)}AAAAAAA=`,
    ]) {
      expect(unwrap(damaged, { rootKey, purpose: 'keyMaterial', place })).toBeUndefined()
    }
  })
})
