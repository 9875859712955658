import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { verifyJournal } from '@claviger/server'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyDirectory, rootEnvironment, rootOf, running } from '../../crash/process.ts'
import { bytes, newKey, type Serving, serve } from '../../serving.ts'
import { type AuditRecord, recordsIn } from '../read-records.ts'
import {
  fingerprint,
  firstTimes,
  ownCa,
  type Receiver,
  syslogReceiver,
  webhookReceiver,
} from './receivers.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const environment = { CLAVIGER_AUDIT_WEBHOOK_SECRET: secret }

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})
const kept = <C extends { close(): Promise<void> }>(each: C): C => {
  open.push(each)
  return each
}

/** A service that sends on to some places. */
async function sending(to: string, flags: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const file = join(await emptyDirectory(), 'secret')
  await writeFile(file, `${secret}\n`)
  return kept(await serve({ 'audit-sinks': to, 'audit-webhook-secret-file': file, ...flags }))
}

/** Some calls, allowed and refused. */
async function use({ root }: Serving, times = 3): Promise<void> {
  const { id } = await newKey(root)
  for (let each = 0; each < times; each += 1) {
    await root.kms.encrypt({ KeyId: id, Plaintext: bytes('a'), EncryptionContext: { place: 'Zürich' } })
  }
  await root.kms.encrypt({ KeyId: 'alias/nobody', Plaintext: bytes('a') }).catch(() => undefined)
}

/** Waits until a receiver has as many different records as the journal. */
async function allArrived(receiver: Receiver, dataDir: string): Promise<readonly AuditRecord[]> {
  const written = await recordsIn(dataDir)
  await expect.poll(() => firstTimes(receiver.records).length, { timeout: 15_000 }).toBe(written.length)
  return written
}

describe('what is sent on is the journal', () => {
  test('to a syslog receiver over TLS that is trusted because of its own authority', async () => {
    const receiver = kept(await syslogReceiver({ isTls: true }))
    const service = await sending(`syslog+tls://localhost:${receiver.port}`, { 'audit-sink-ca': ownCa })
    await use(service)
    const written = await allArrived(receiver, service.dataDir)
    expect(fingerprint(receiver.records)).toBe(fingerprint(written))
    expect([...receiver.calledAs]).toEqual(['localhost'])
    const refused = receiver.messages.at(-1)
    expect(refused).toMatchObject({
      // Facility 13, "log audit": a warning for what was refused.
      priority: 13 * 8 + 4,
      time: '2026-11-23T12:00:00Z',
      app: 'claviger',
      messageId: 'Encrypt',
      record: { errorCode: 'NotFoundException' },
    })
    expect(receiver.messages.at(-2)?.priority).toBe(13 * 8 + 6)
    expect(receiver.messages.map(({ sequenceId }) => sequenceId)).toEqual(
      receiver.messages.map(({ sequenceId }) => sequenceId).sort((one, other) => one - other),
    )
  })

  test('not to a TLS receiver that nobody vouches for', async () => {
    const receiver = kept(await syslogReceiver({ isTls: true }))
    const service = await sending(`syslog+tls://localhost:${receiver.port}`)
    await use(service)
    const [status] = service.claviger.sinkStatuses()
    await expect.poll(() => service.claviger.sinkStatuses()[0]?.failures).toBeGreaterThan(0)
    expect(service.claviger.sinkStatuses()[0]?.lastError).toContain('self-signed certificate')
    expect(status?.name).toBe(`syslog+tls://localhost:${receiver.port}`)
    expect(receiver.records).toEqual([])
  })

  test('to a webhook over HTTPS, signed so that receivers of Standard Webhooks take it', async () => {
    const receiver = kept(
      await webhookReceiver({ isTls: true, status: (before) => (before === 0 ? 500 : 200) }),
    )
    const url = `https://localhost:${receiver.port}/hooks/kms?team=secret`
    const service = await sending(url, { 'audit-sink-ca': ownCa })
    await use(service)
    const written = await allArrived(receiver, service.dataDir)
    expect(fingerprint(receiver.records)).toBe(fingerprint(written))
    const hook = new Webhook(secret)
    for (const { headers, body } of receiver.deliveries) {
      // The service's time stands still, and the verifier holds a message to the machine's.
      const second = headers['webhook-timestamp'] ?? ''
      const at = new Date(Number(second) * 1000)
      expect(at.toISOString()).toBe('2026-11-23T12:00:00.000Z')
      expect(hook.sign(headers['webhook-id'] ?? '', at, body)).toBe(headers['webhook-signature'])
    }
    const [first, second] = receiver.deliveries
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
    // The path may be a secret.
    expect(service.claviger.sinkStatuses()[0]?.name).toMatch(/^https:\/\/localhost:\d+\/…[0-9a-f]{8}$/)
  })

  test('to a webhook that answers with another protocol first, without waiting for it for ever', async () => {
    const receiver = kept(await webhookReceiver({ status: (before) => (before === 0 ? 101 : 204) }))
    const service = await sending(`http://127.0.0.1:${receiver.port}/`)
    await use(service)
    await allArrived(receiver, service.dataDir)
    expect(service.claviger.sinkStatuses()[0]?.failures).toBe(1)
  })

  test('to several at once, of which one being away holds up none', async () => {
    const [log, hook] = [kept(await syslogReceiver()), kept(await webhookReceiver())]
    const gone = await webhookReceiver()
    await gone.close()
    const service = await sending(
      `syslog+tcp://127.0.0.1:${log.port},http://127.0.0.1:${hook.port}/,http://127.0.0.1:${gone.port}/`,
    )
    await use(service)
    const written = await allArrived(log, service.dataDir)
    await allArrived(hook, service.dataDir)
    expect(fingerprint(log.records)).toBe(fingerprint(written))
    expect(fingerprint(hook.records)).toBe(fingerprint(written))
    const back = kept(await webhookReceiver({ port: gone.port }))
    await allArrived(back, service.dataDir)
    expect(fingerprint(back.records)).toBe(fingerprint(written))
  })

  test('with everything that was recorded while a sink was not among the settings', async () => {
    const service = kept(await serve())
    await use(service)
    await service.claviger.close()
    const receiver = kept(await syslogReceiver())
    const url = `syslog+tcp://127.0.0.1:${receiver.port}`
    await service.restart({ CLAVIGER_AUDIT_SINKS: url })
    const before = await allArrived(receiver, service.dataDir)
    await service.restart()
    await use(service)
    await service.restart({ CLAVIGER_AUDIT_SINKS: url })
    const written = await allArrived(receiver, service.dataDir)
    expect(written.length).toBeGreaterThan(before.length)
    expect(fingerprint(receiver.records)).toBe(fingerprint(written))
  })
})

describe('a receiver that takes nothing', () => {
  test('slows no call down, and what it misses is kept', async () => {
    // It takes connections, and reads nothing from them.
    const receiver = kept(await syslogReceiver({ onConnection: () => 'ignore' }))
    const hanging = kept(await webhookReceiver({ status: () => 0 }))
    const service = await sending(`syslog+tcp://127.0.0.1:${receiver.port},http://127.0.0.1:${hanging.port}/`)
    const { id } = await newKey(service.root)
    const begun = performance.now()
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, () => service.root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })),
      )
    }
    // A hundred times what it takes: only waiting for a receiver would take longer.
    expect(performance.now() - begun).toBeLessThan(60_000)
    for (const { lagRecords, sentRecords } of service.claviger.sinkStatuses()) {
      expect(sentRecords).toBe(0)
      expect(lagRecords).toBeGreaterThan(1000)
    }
  }, 90_000)
})

describe('killed at any moment, the service', () => {
  test('has sent everything on after its next starts, and twice at most what was under way', async () => {
    const dataDir = await emptyDirectory()
    const [log, hook] = [kept(await syslogReceiver()), kept(await webhookReceiver())]
    const flags = ['--audit-sinks', `syslog+tcp://127.0.0.1:${log.port},http://127.0.0.1:${hook.port}/`]
    const start = () => running({ dataDir, flags, environment: { ...rootEnvironment, ...environment } })
    const rounds = 5
    for (let round = 0; round < rounds; round += 1) {
      const service = await start()
      const root = rootOf(service)
      const { id } = await newKey(root)
      const loading = Promise.all(
        Array.from({ length: 4 }, async () => {
          for (;;) await root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
        }),
      ).catch(() => undefined)
      await new Promise((after) => setTimeout(after, 300 + Math.random() * 900))
      service.kill('SIGKILL')
      await service.ended
      await loading
    }
    await start()
    const written = await allArrived(log, dataDir)
    await allArrived(hook, dataDir)
    const ids = written.map(({ eventID }) => eventID)
    expect(firstTimes(log.records)).toEqual(ids)
    expect(firstTimes(hook.records)).toEqual(ids)
    // Whoever goes by the id of a delivery has each once.
    const once = new Map(hook.deliveries.map(({ headers, body }) => [headers['webhook-id'], body]))
    const taken = [...once.values()].flatMap(
      (body) => (JSON.parse(body) as { Records: AuditRecord[] }).Records,
    )
    expect(fingerprint(taken)).toBe(fingerprint(written))
    const batch = 500
    expect(log.records.length - ids.length).toBeLessThanOrEqual(rounds * batch)
  }, 120_000)
})

describe('the standard output', () => {
  test('has a line of JSON for each record, and nothing else', async () => {
    const dataDir = await emptyDirectory()
    const service = await running({ dataDir, flags: ['--audit-sinks', 'stdout:'] })
    const root = rootOf(service)
    for (let each = 0; each < 20; each += 1) await root.kms.listKeys({})
    service.kill('SIGTERM')
    await service.ended
    const lines = service.said().trimEnd().split('\n')
    const written = await recordsIn(dataDir)
    expect(written.length).toBeGreaterThan(20 - 1)
    expect(lines.map((line) => JSON.parse(line))).toEqual(written)
    const { fault } = (await verifyJournal(join(dataDir, 'audit'))) as { fault?: string }
    expect(fault).toBeUndefined()
  })

  test('that nobody reads stops no call, and not the end of the service', async () => {
    const dataDir = await emptyDirectory()
    const main = resolve(import.meta.dirname, '../../../../cli/src/main.ts')
    const typed = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, '--audit-sinks', 'stdout:']
    const child = spawn(process.execPath, ['--conditions=source', main, ...typed], {
      env: { ...process.env, ...rootEnvironment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    kept({
      close: async () => void child.kill('SIGKILL'),
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const urlIn = () => /AWS_ENDPOINT_URL=(\S+)\n/.exec(stderr)?.[1]
    await expect.poll(urlIn, { timeout: 15_000 }).toBeDefined()
    const root = rootOf({ url: String(urlIn()) })
    const { id } = await newKey(root)
    // Far more than a pipe holds.
    for (let each = 0; each < 400; each += 1) await root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    expect((await recordsIn(dataDir)).length).toBeGreaterThan(400)
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})

describe('how far each sink has come', () => {
  test('is in small files beside the journal, which hold no address and no secret', async () => {
    const receiver = kept(await webhookReceiver())
    const service = await sending(`http://127.0.0.1:${receiver.port}/?token=hush`)
    await use(service)
    await allArrived(receiver, service.dataDir)
    const names = await readdir(join(service.dataDir, 'audit-sinks'))
    expect(names).toEqual([expect.stringMatching(/^webhook-[0-9a-f]{16}\.cursor$/)])
    const cursor = await readFile(join(service.dataDir, 'audit-sinks', names[0] ?? ''), 'utf8')
    expect(cursor).not.toContain('hush')
    expect(cursor).toMatch(/^\{"turn":\d+,"taken":\{"sequence":\d+,"hash":"[0-9a-f]{64}"/)
  })

  test('does not stop the service when it was damaged: then everything is sent again', async () => {
    const receiver = kept(await syslogReceiver())
    const service = await sending(`syslog+tcp://127.0.0.1:${receiver.port}`)
    await use(service)
    const first = await allArrived(receiver, service.dataDir)
    await service.claviger.close()
    const directory = join(service.dataDir, 'audit-sinks')
    for (const name of await readdir(directory)) await writeFile(join(directory, name), 'this was a cursor')
    await service.restart()
    await expect
      .poll(() => receiver.records.length, { timeout: 10_000 })
      .toBeGreaterThan(2 * first.length - 1)
  })
})
