import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

/** What shows how the service does costs nothing where nobody asks for it: it is not even loaded. */

const main = resolve(import.meta.dirname, '../../../cli/src/main.ts')
const hooks = resolve(import.meta.dirname, 'loaded-modules.ts')

/** The packages a service has loaded when it serves, in a process of its own. */
async function packagesLoaded(...flags: readonly string[]): Promise<ReadonlySet<string>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'claviger-loading-'))
  const typed = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...flags]
  const child = spawn(process.execPath, ['--conditions=source', '--import', hooks, main, ...typed], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('create-key')) break
  }
  child.kill('SIGTERM')
  await once(child, 'close')
  await rm(dataDir, { recursive: true })
  return new Set([...said.matchAll(/^loaded (\S+)$/gm)].map(([, name]) => String(name)))
}

const isOfTracing = (name: string) => name.startsWith('@opentelemetry/')

test('without an admin listener and an endpoint for traces, neither of their libraries is loaded', {
  timeout: 30_000,
}, async () => {
  const loaded = await packagesLoaded()
  expect(loaded).toContain('pino')
  expect([...loaded].filter((name) => name === 'prom-client' || isOfTracing(name))).toEqual([])
})

test('with an admin listener the client of Prometheus is, and no SDK for traces', {
  timeout: 30_000,
}, async () => {
  const loaded = await packagesLoaded('--admin-listen', '127.0.0.1:0')
  expect(loaded).toContain('prom-client')
  // The one package it depends on, and uses for what is not switched on here.
  expect([...loaded].filter(isOfTracing)).toEqual(['@opentelemetry/api'])
})

test('with an endpoint for traces their SDK is', { timeout: 30_000 }, async () => {
  const loaded = await packagesLoaded('--traces-endpoint', 'http://127.0.0.1:9')
  expect(loaded).toContain('@opentelemetry/sdk-trace')
  expect(loaded).not.toContain('prom-client')
})
