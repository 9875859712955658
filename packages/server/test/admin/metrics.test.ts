import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, bytes, newKey, refused, type Serving, serve, type User } from '../serving.ts'
import { scrape } from './metrics-text.ts'

let serving: Serving
let alice: User
let key: { id: string; arn: string }

beforeAll(async () => {
  serving = await serve({ 'admin-listen': '127.0.0.1:0' })
  key = await newKey(serving.root)
  alice = await serving.user('alice', 'kms:Encrypt', 'kms:Decrypt')
})
afterAll(() => serving.close())

const soon = { timeout: 5000, interval: 100 }
const metrics = () => scrape(serving.claviger.adminUrl)
const encrypt = (who = alice, id = key.id) => who.kms.encrypt({ KeyId: id, Plaintext: bytes('secret') })
const kms = (operation: string, outcome: string) => ({ service: 'kms', operation, outcome })

/** How much a number has grown by what was done. */
async function growth(name: string, labels: Readonly<Record<string, string>>, deed: () => Promise<unknown>) {
  const before = (await metrics()).sum(name, labels)
  await deed()
  return (await metrics()).sum(name, labels) - before
}

describe('calls are counted', () => {
  test('by service, operation and that they went well', async () => {
    const calls = async () => {
      await encrypt()
      await encrypt()
    }
    expect(await growth('claviger_calls_total', kms('Encrypt', 'ok'), calls)).toBe(2)
  })

  test('by the code that they were refused with', async () => {
    const denied = () => refused(alice.kms.describeKey({ KeyId: key.id }), 'AccessDeniedException')
    const labels = kms('DescribeKey', 'AccessDeniedException')
    expect(await growth('claviger_calls_total', labels, denied)).toBe(1)
  })

  test('of the other services too', async () => {
    const asked = () => alice.sts.getCallerIdentity({})
    const labels = { service: 'sts', operation: 'GetCallerIdentity', outcome: 'ok' }
    expect(await growth('claviger_calls_total', labels, asked)).toBe(1)
  })

  test('without an operation, when nobody known signed them', async () => {
    const stranger = serving.person('nobody', { accessKeyId: 'AKIAIOSFODNN7UNKNOWN', secretAccessKey: 'x' })
    const asked = () => refused(stranger.kms.listKeys({}), 'UnrecognizedClientException')
    expect(await growth('claviger_calls_total', kms('none', 'UnrecognizedClientException'), asked)).toBe(1)
  })

  test('together with others where there is no such operation, whatever a caller calls it', async () => {
    const response = await fetch(serving.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'TrentService.Made"Up\\', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    })
    await response.text()
    const { text, samples } = await metrics()
    expect(text).not.toContain('Made')
    expect(samples.some(({ labels }) => labels.operation === 'none')).toBe(true)
  })

  test('with how long they took, in a histogram that counts as many', async () => {
    const shown = await metrics()
    const labels = { service: 'kms', operation: 'Encrypt' }
    const calls = shown.sum('claviger_calls_total', labels)
    expect(shown.one('claviger_call_duration_seconds_count', labels)).toBe(calls)
    expect(shown.one('claviger_call_duration_seconds_bucket', { ...labels, le: '+Inf' })).toBe(calls)
    const sum = shown.one('claviger_call_duration_seconds_sum', labels)
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThan(60)
  })

  test('with the bytes they brought and took, and none is left in flight', async () => {
    const shown = await metrics()
    expect(shown.one('claviger_request_bytes_total')).toBeGreaterThan(100)
    expect(shown.one('claviger_response_bytes_total')).toBeGreaterThan(100)
    expect(shown.one('claviger_calls_in_flight')).toBe(0)
    expect(shown.one('claviger_connections')).toBeGreaterThan(0)
  })

  test('apart, when they never became a request', async () => {
    const much = () =>
      fetch(serving.url, { method: 'POST', body: new Uint8Array(2 << 20) }).catch(() => undefined)
    expect(await growth('claviger_unread_requests_total', { reason: 'body_too_long' }, much)).toBe(1)
  })
})

describe('decisions are counted by the layer that decided', () => {
  test('a call that an identity policy allows is one of the key policy, which leaves it to that', async () => {
    expect(
      await growth('claviger_decisions_total', { layer: 'key-policy', decision: 'Allow' }, () => encrypt()),
    ).toBe(1)
  })

  test('a denial is one of the layer that was silent', async () => {
    const denied = () => refused(alice.kms.listKeys({}), 'AccessDeniedException')
    const labels = { layer: 'identity-policy', decision: 'ImplicitDeny' }
    expect(await growth('claviger_decisions_total', labels, denied)).toBe(1)
  })
})

describe('keys', () => {
  test('are counted by state and spec', async () => {
    const count = async (state: string, spec: string) =>
      (await metrics()).one('claviger_keys', { state, key_spec: spec }) ?? 0
    serving.clock.advance(61_000)
    const [enabled, disabled] = [
      await count('Enabled', 'SYMMETRIC_DEFAULT'),
      await count('Disabled', 'HMAC_256'),
    ]
    const { KeyMetadata } = await serving.root.kms.createKey({
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    })
    await serving.root.kms.disableKey({ KeyId: KeyMetadata?.KeyId })
    await newKey(serving.root)
    expect(await count('Enabled', 'SYMMETRIC_DEFAULT'), 'counted less than a minute ago').toBe(enabled)
    serving.clock.advance(61_000)
    expect(await count('Enabled', 'SYMMETRIC_DEFAULT')).toBe(enabled + 1)
    expect(await count('Disabled', 'HMAC_256')).toBe(disabled + 1)
  })

  test('that are pending deletion are seen to be asked for, from the first time on', async () => {
    const doomed = await newKey(serving.root)
    const labels = { state: 'PendingDeletion' }
    expect((await metrics()).one('claviger_refusals_by_key_state_total', labels)).toBe(0)
    await serving.root.kms.scheduleKeyDeletion({ KeyId: doomed.id })
    await refused(encrypt(alice, doomed.id), 'KMSInvalidStateException')
    expect((await metrics()).one('claviger_refusals_by_key_state_total', labels)).toBe(1)
  })

  test('that are disabled are, too', async () => {
    const other = await newKey(serving.root)
    await serving.root.kms.disableKey({ KeyId: other.id })
    const asked = () => refused(encrypt(alice, other.id), 'DisabledException')
    expect(await growth('claviger_refusals_by_key_state_total', { state: 'Disabled' }, asked)).toBe(1)
  })
})

test('every record that became durable is counted, and how many went together', async () => {
  const grown = await growth('claviger_journal_records_total', {}, () =>
    Promise.all([encrypt(), encrypt(), encrypt()]),
  )
  expect(grown).toBe(3)
  const shown = await metrics()
  expect(shown.one('claviger_journal_batch_records_sum')).toBe(shown.one('claviger_journal_records_total'))
  expect(shown.one('claviger_journal_waiting_records')).toBe(0)
  expect(shown.one('claviger_journal_last_durable_timestamp_seconds')).toBe(serving.clock.now() / 1000)
  expect(shown.one('claviger_journal_lines')).toBe(serving.claviger.journal.lastSequence())
  expect(shown.one('claviger_journal_segment_bytes')).toBe(serving.claviger.journal.length().length)
  expect(shown.one('claviger_journal_free_bytes')).toBeGreaterThan(0)
  expect(shown.one('claviger_journal_owed_records')).toBe(0)
})

test('a call that finds everything in memory misses no cache', async () => {
  await encrypt()
  const misses = await growth('claviger_cache_misses_total', {}, () => encrypt())
  expect(misses).toBe(0)
  const shown = await metrics()
  expect(shown.sum('claviger_cache_hits_total', { cache: 'keys' })).toBeGreaterThan(0)
  expect(shown.sum('claviger_cache_hits_total', { cache: 'key_material' })).toBeGreaterThan(0)
  expect(shown.one('claviger_cache_entries', { cache: 'keys' })).toBeGreaterThan(0)
})

test('a change is forgotten by the cache, and the next call misses it once', async () => {
  await encrypt()
  await serving.root.kms.updateKeyDescription({ KeyId: key.id, Description: 'another' })
  expect(await growth('claviger_cache_misses_total', { cache: 'keys' }, () => encrypt())).toBe(1)
})

test('of every place that records are sent on to, it is shown whether it takes them and how far behind it is', async () => {
  const receiver = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const [here, away] = [`syslog+tcp://127.0.0.1:${port}`, 'syslog+tcp://127.0.0.1:9']
  const own = await serve({ 'admin-listen': '127.0.0.1:0', 'audit-sinks': `${here},${away}` })
  await newKey(own.root)
  const of = async (sink: string) => {
    const shown = await scrape(own.claviger.adminUrl)
    const get = (name: string) => shown.one(`claviger_audit_sink_${name}`, { sink })
    return {
      lag: get('lag_records'),
      sent: get('sent_records_total'),
      failing: get('failing'),
      failures: get('failures_total'),
    }
  }
  await expect.poll(() => of(here), soon).toEqual({ lag: 0, sent: 1, failing: 0, failures: 0 })
  await expect.poll(async () => (await of(away)).failing, soon).toBe(1)
  const { lag, sent, failures } = await of(away)
  expect(sent).toBe(0)
  expect(lag).toBeGreaterThan(0)
  expect(failures).toBeGreaterThan(0)
  await own.close()
  receiver.close()
})

test('with TLS it is shown when the certificate ends', async () => {
  const file = (name: string) => resolve(import.meta.dirname, '../wire', name)
  const flags = { 'tls-cert': file('localhost.crt'), 'tls-key': file('localhost.key') }
  const own = await serve({ 'admin-listen': '127.0.0.1:0', ...flags })
  const { validTo } = new X509Certificate(await readFile(file('localhost.crt')))
  const shown = await scrape(own.claviger.adminUrl)
  expect(shown.one('claviger_tls_certificate_end_timestamp_seconds')).toBe(Date.parse(validTo) / 1000)
  expect((await metrics()).one('claviger_tls_certificate_end_timestamp_seconds')).toBeUndefined()
  await own.close()
})

test('no metric names a key, a principal or an account', async () => {
  await encrypt()
  const { text } = await metrics()
  for (const name of [account, key.id, 'alice', alice.credentials.accessKeyId])
    expect(text).not.toContain(name)
})
