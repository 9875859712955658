import { rename, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytes, newKey, refused, type Serving, serve } from '../serving.ts'
import { scrape } from './metrics-text.ts'

let serving: Serving

beforeAll(async () => {
  serving = await serve({ 'admin-listen': '127.0.0.1:0' })
})
afterAll(() => serving.close())

const ask = (path: string, init?: RequestInit) => fetch(`${serving.claviger.adminUrl}${path}`, init)

/** What /readyz says, as it comes to say it: an answer is kept for a second. */
async function readiness(): Promise<{ status: number; reasons: Record<string, string> }> {
  const response = await ask('/readyz')
  const { parts } = (await response.json()) as { parts: Record<string, { ok: boolean; reason?: string }> }
  const bad = Object.entries(parts).filter(([, { ok }]) => !ok)
  return {
    status: response.status,
    reasons: Object.fromEntries(bad.map(([part, { reason }]) => [part, String(reason)])),
  }
}
const ready = { status: 200, reasons: {} }
const soon = { timeout: 5000, interval: 200 }

test('nothing listens for metrics and health unless an address is set', async () => {
  const plain = await serve()
  expect(plain.claviger.adminUrl).toBeUndefined()
  await plain.close()
})

test("the callers' port answers neither", async () => {
  for (const path of ['/metrics', '/healthz', '/readyz']) {
    const response = await fetch(`${serving.url}${path}`)
    expect(response.status).toBe(400)
    expect(await response.text()).not.toMatch(/claviger_|alive|ready/)
  }
})

test('whoever asks whether the process is alive hears it', async () => {
  const response = await ask('/healthz')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ alive: true })
})

test('nothing else is there, and nothing can be sent', async () => {
  expect((await ask('/')).status).toBe(404)
  expect((await ask('/metrics/../secrets')).status).toBe(404)
  const posted = await ask('/metrics', { method: 'POST', body: 'x' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  const head = await ask('/readyz', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

describe('a service is ready', () => {
  test('when all its parts are well', async () => {
    expect(await readiness()).toEqual(ready)
  })

  test('not while the journal has no directory, which is when no key can be used; and again as soon as it is back', async () => {
    const { id } = await newKey(serving.root)
    const encrypt = () => serving.root.kms.encrypt({ KeyId: id, Plaintext: bytes('x') })
    const journal = async (metric: string) =>
      (await scrape(serving.claviger.adminUrl)).one(`claviger_journal_${metric}`)
    const audit = join(serving.dataDir, 'audit')
    await rename(audit, `${audit}-away`)
    try {
      await expect.poll(readiness, soon).toEqual({ status: 503, reasons: { journal: 'ENOENT' } })
      await refused(encrypt(), 'KMSInternalException')
      expect([await journal('failing'), await journal('failures_total')]).toEqual([1, 1])
      expect((await scrape(serving.claviger.adminUrl)).one('claviger_ready', { part: 'journal' })).toBe(0)
    } finally {
      await rename(`${audit}-away`, audit)
    }
    await expect.poll(readiness, soon).toEqual(ready)
    await encrypt()
    expect([await journal('failing'), await journal('failures_total')]).toEqual([0, 1])
    expect(await journal('waiting_records')).toBe(0)
  })

  test('also when its root key is no longer at its source, which a metric tells before somebody restarts it', async () => {
    const file = join(serving.dataDir, 'root-key')
    const atSource = async () => (await scrape(serving.claviger.adminUrl)).one('claviger_root_key_at_source')
    expect(await atSource()).toBe(1)
    await rename(file, `${file}-away`)
    expect(await atSource()).toBe(0)
    expect((await scrape(serving.claviger.adminUrl)).one('claviger_root_key_open')).toBe(1)
    await expect.poll(readiness, soon).toEqual(ready)
    await rename(`${file}-away`, file)
    expect(await atSource()).toBe(1)
  })

  test('not from the moment it is told to stop, though calls under way are still answered', async () => {
    const own = await serve({ 'admin-listen': '127.0.0.1:0' })
    const { adminUrl } = own.claviger
    const { hostname, port } = new URL(own.url)
    const slow = createConnection(Number(port), hostname)
    await new Promise((resolve) => slow.once('connect', resolve))
    slow.write('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nab')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const closed = own.claviger.close()
    const response = await fetch(`${adminUrl}/readyz`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      ready: false,
      parts: { service: { ok: false, reason: 'closing' } },
    })
    slow.destroy()
    await closed
    await expect(fetch(`${adminUrl}/healthz`)).rejects.toThrow()
    await rm(own.dataDir, { recursive: true })
  })
})

test('connections on which nobody says anything do not keep a health check out, however many there are', async () => {
  const { hostname, port } = new URL(String(serving.claviger.adminUrl))
  const silent = Array.from({ length: 100 }, () => createConnection(Number(port), hostname))
  try {
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    const response = await fetch(`${serving.claviger.adminUrl}/healthz`, { headers: { connection: 'close' } })
    expect(response.status).toBe(200)
    await expect.poll(() => silent.filter(({ closed }) => !closed).length, soon).toBeLessThanOrEqual(64)
  } finally {
    for (const socket of silent) socket.destroy()
  }
})

test('an address that is taken is said before anything is served', async () => {
  const taken = new URL(String(serving.claviger.adminUrl)).host
  await expect(serve({ 'admin-listen': taken })).rejects.toThrow(
    `cannot listen for metrics and health on ${taken}: something else listens there already`,
  )
})
