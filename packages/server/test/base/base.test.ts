import { lstat, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemChance } from '../../src/base/chance.ts'
import { systemClock } from '../../src/base/clock.ts'
import { createFile, replaceFile } from '../../src/base/durable-file.ts'
import { invariant } from '../../src/base/invariant.ts'
import { ownChance } from './own-chance.ts'
import { ownClock } from './own-clock.ts'

describe('chance', () => {
  test('gives as many bytes as were asked for, small or large, and never the same', () => {
    const chance = systemChance()
    const draws = [1, 16, 32, 1024, 8192, 100_000].flatMap((count) =>
      Array.from({ length: 5 }, () => chance.bytes(count)),
    )
    expect(draws.map((draw) => draw.length)).toEqual(
      [1, 16, 32, 1024, 8192, 100_000].flatMap((n) => Array(5).fill(n)),
    )
    const long = draws.filter((draw) => draw.length > 8).map((draw) => Buffer.from(draw).toString('hex'))
    expect(new Set(long).size).toBe(long.length)
  })

  test('goes on after its pool is used up, without a byte that was left at zero', () => {
    const chance = systemChance()
    const draws = Array.from({ length: 2000 }, () => chance.bytes(32))
    expect(draws.every((draw) => draw.some((byte) => byte !== 0))).toBe(true)
    expect(new Set(draws.map((draw) => Buffer.from(draw).toString('hex'))).size).toBe(2000)
  })

  test('what was drawn belongs to the one who drew it', () => {
    const chance = systemChance()
    const first = chance.bytes(32)
    const copy = Uint8Array.from(first)
    chance.bytes(32)
    expect(first).toEqual(copy)
    expect(first.buffer.byteLength).toBe(32)
  })

  test('gives UUIDs of version 4', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(systemChance().uuid()).toMatch(uuid)
    expect(ownChance().uuid()).toMatch(uuid)
  })

  test('gives UUIDs that nobody was given before, with no place that is always the same', () => {
    const chance = systemChance()
    const uuids = Array.from({ length: 1000 }, () => chance.uuid())
    expect(new Set(uuids).size).toBe(1000)
    const letters = Array.from({ length: 36 }, (_, place) => new Set(uuids.map((uuid) => uuid[place])).size)
    // Dashes, the version, and one of four letters behind them; all sixteen everywhere else.
    expect(letters.join(' ').replaceAll('16', 'x')).toBe(
      'x x x x x x x x 1 x x x x 1 1 x x x 1 4 x x x 1 x x x x x x x x x x x x',
    )
  })
})

test('the system clock counts milliseconds, and a test may own the time instead', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  const clock = ownClock(1000)
  clock.advance(5)
  expect(clock.now()).toBe(1005)
})

test('an invariant that does not hold stops, and names what must hold', () => {
  invariant(true, 'this holds')
  expect(() => invariant(false, 'this must hold')).toThrow('this must hold')
})

describe('a file that is made', () => {
  test('is whole, readable by its owner alone, and leaves no draft behind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claviger-base-'))
    await createFile(join(directory, 'it'), 'text')
    expect(await readFile(join(directory, 'it'), 'utf8')).toBe('text')
    expect((await stat(join(directory, 'it'))).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['it'])
  })

  test('never takes the place of one that is there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claviger-base-'))
    await writeFile(join(directory, 'it'), 'first')
    await createFile(join(directory, 'it'), 'second')
    expect(await readFile(join(directory, 'it'), 'utf8')).toBe('first')
    expect(await readdir(directory)).toEqual(['it'])
  })

  test('is not written through a link that lies where its draft goes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claviger-base-'))
    await writeFile(join(directory, 'other'), 'precious', { mode: 0o644 })
    await symlink(join(directory, 'other'), join(directory, '.it.draft'))
    await replaceFile(join(directory, 'it'), 'text')
    expect(await readFile(join(directory, 'other'), 'utf8')).toBe('precious')
    expect(await readFile(join(directory, 'it'), 'utf8')).toBe('text')
    expect((await lstat(join(directory, 'it'))).mode & 0o170777).toBe(0o100600)
    expect((await readdir(directory)).sort()).toEqual(['it', 'other'])
  })
})
