import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Phase, type Vital, watchReadiness } from '../../src/admin/readiness.ts'

let directory: string
let now = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claviger-ready-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** What a service would say whose parts are well, but for some. */
function asked(but: Partial<Vital> = {}) {
  const well: Vital = {
    phase: () => 'serving',
    journalDirectory: directory,
    store: { changeNumber: async () => 1 },
    rootKey: { isOpen: async () => true },
  }
  return watchReadiness({ ...well, ...but }, () => now)
}

test('trying the journal leaves nothing behind', async () => {
  expect((await asked()()).ready).toBe(true)
  expect(await readdir(directory)).toEqual([])
})

test('a part that hangs is not well, and is not asked again while it hangs', async () => {
  let times = 0
  const store = {
    changeNumber: () => {
      times += 1
      return new Promise<number>(() => undefined)
    },
  }
  const ask = asked({ store })
  expect((await ask()).parts.store).toEqual({ ok: false, reason: 'no answer within 2000 ms' })
  now += 5000
  expect((await ask()).ready).toBe(false)
  expect(times).toBe(1)
}, 10_000)

test('an answer is kept for a second, however many ask', async () => {
  let times = 0
  const store = {
    async changeNumber() {
      times += 1
      return 1
    },
  }
  const ask = asked({ store })
  await Promise.all([ask(), ask(), ask()])
  now += 999
  await ask()
  expect(times).toBe(1)
  now += 1
  await ask()
  expect(times).toBe(2)
})

test('but not beyond the moment the service is told to stop', async () => {
  let phase: Phase = 'serving'
  const ask = asked({ phase: () => phase })
  expect((await ask()).ready).toBe(true)
  phase = 'closing'
  expect((await ask()).parts.service).toEqual({ ok: false, reason: 'closing' })
})

test('a root key that opens nothing any more keeps a service from being ready', async () => {
  const ask = asked({ rootKey: { isOpen: async () => false } })
  expect(await ask()).toMatchObject({ ready: false, parts: { rootKey: { ok: false } } })
})

test('what goes wrong in a part is a reason without paths', async () => {
  const ask = asked({ journalDirectory: join(directory, 'not-there') })
  expect((await ask()).parts.journal).toEqual({ ok: false, reason: 'ENOENT' })
})
