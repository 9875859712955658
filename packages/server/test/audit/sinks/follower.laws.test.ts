import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openJournal } from '../../../src/audit/file/journal-file.ts'
import { Follower } from '../../../src/audit/sinks/follower.ts'
import type { Sink } from '../../../src/audit/sinks/sink.ts'
import { syslogSink } from '../../../src/audit/sinks/syslog-sink.ts'
import { webhookSink } from '../../../src/audit/sinks/webhook-sink.ts'
import { systemChance } from '../../../src/base/chance.ts'
import { ownClock } from '../../base/own-clock.ts'
import type { AuditRecord } from '../read-records.ts'
import { firstTimes, type Receiver, syslogReceiver, webhookReceiver } from './receivers.ts'

/** Whatever becomes of the receiver and of the service, what arrived is what the journal has. */

const clock = ownClock(Date.UTC(2026, 10, 23, 12))
const tls = createSecureContext()
const sign = () => 'v1,'

interface Kind {
  /** A receiver, at a port if it is to come back to one. */
  readonly receive: (port: number) => Promise<Receiver>
  readonly sink: (port: number) => Sink
}

/** Quicker than they are in the service, and a few records at a time. */
const hasty = (sink: Sink): Sink => ({ ...sink, restMs: 2, recordsMost: 4 })

const kinds: Readonly<Record<string, Kind>> = {
  syslog: {
    receive: (port) => syslogReceiver({ port }),
    sink: (port) => hasty(syslogSink({ name: 'syslog', host: '127.0.0.1', port })),
  },
  'a webhook': {
    // Every third answer is that of a receiver in trouble.
    receive: (port) =>
      webhookReceiver({
        port,
        status: (before) => (before % 3 === 1 ? ([500, 0, 302][(before % 9) % 3] ?? 500) : 200),
      }),
    sink: (port) =>
      hasty(webhookSink({ name: 'webhook', url: `http://127.0.0.1:${port}/`, sign, tls, clock })),
  },
}

async function newWorld(sinkFor: () => Sink) {
  const base = await mkdtemp(join(tmpdir(), 'claviger-follower-'))
  onTestFinished(() => rm(base, { recursive: true, force: true }))
  const directory = join(base, 'audit')
  const journal = await openJournal({ directory, segmentBytes: 2000 })
  const problems: string[] = []
  const open = () =>
    Follower.open(sinkFor(), join(base, 'sink.cursor'), {
      journal,
      directory,
      clock,
      chance: systemChance(),
      onProblem: (problem) => problems.push(problem),
      onRecovered: () => undefined,
      patience: { firstMs: 2, mostMs: 20 },
    })
  let written = 0
  const write = (count: number) =>
    Promise.all(Array.from({ length: count }, () => journal.append(recordOf(++written))))
  return {
    journal,
    open,
    write,
    problems,
    ids: () => Array.from({ length: written }, (_, at) => `event-${at + 1}`),
  }
}

function recordOf(at: number): AuditRecord {
  const eventTime = '2026-11-23T12:00:00Z'
  return { eventName: 'Encrypt', eventID: `event-${at}`, eventTime, text: `ü\n${'x'.repeat(at % 50)}` }
}

const arrived = (receiver: Receiver, ids: readonly string[]) =>
  expect.poll(() => firstTimes(receiver.records).length, { timeout: 20_000, interval: 5 }).toBe(ids.length)

for (const [name, { receive, sink }] of Object.entries(kinds)) {
  describe(`${name}, which goes away and comes back, with a service that ends and starts`, () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 12 }) }) },
      { weight: 2, arbitrary: fc.constantFrom('receiver goes' as const, 'receiver comes' as const) },
      { weight: 1, arbitrary: fc.constant('service starts anew' as const) },
      { weight: 2, arbitrary: fc.record({ waitMs: fc.nat({ max: 40 }) }) },
    )
    test('has received every record, in the order of the journal, and as it stands there', {
      timeout: 180_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), async (steps) => {
          const received: AuditRecord[] = []
          let receiver: Receiver | undefined = await receive(0)
          const { port } = receiver
          const away = async () => {
            received.push(...(receiver?.records ?? []))
            await receiver?.close()
            receiver = undefined
          }
          const world = await newWorld(() => sink(port))
          let follower = await world.open()
          for (const todo of steps) {
            if (todo === 'receiver goes') await away()
            else if (todo === 'receiver comes') receiver ??= await receive(port)
            else if (todo === 'service starts anew') {
              await follower.close()
              follower = await world.open()
            } else if ('write' in todo) await world.write(todo.write)
            else await after(todo.waitMs)
          }
          receiver ??= await receive(port)
          const back = receiver
          await expect
            .poll(() => firstTimes([...received, ...back.records]).length, { timeout: 20_000, interval: 5 })
            .toBe(world.ids().length)
          await expect.poll(() => follower.status().lagRecords, { timeout: 20_000 }).toBe(0)
          await follower.close()
          await away()
          expect(firstTimes(received)).toEqual(world.ids())
          for (const record of received) expect(record).toEqual(recordOf(Number(record.eventID.slice(6))))
          // What comes twice is a batch that was under way when something ended, and no more.
          const endings = steps.filter((todo) => typeof todo === 'string').length
          const again = received.length - world.ids().length
          expect(again).toBeLessThanOrEqual(4 * (endings + 1))
          await world.journal.close()
        }),
        { numRuns: 25 },
      )
    })
  })
}

describe('a sink', () => {
  test('is behind by what its receiver has not taken, says why, and since when', async () => {
    const receiver = await syslogReceiver()
    await receiver.close()
    const world = await newWorld(() => kinds.syslog?.sink(receiver.port) ?? expect.fail())
    await world.write(7)
    const follower = await world.open()
    await expect.poll(() => follower.status().failures).toBeGreaterThan(2)
    clock.advance(90_000)
    expect(follower.status()).toMatchObject({
      name: 'syslog',
      lagRecords: 7,
      lagSeconds: 90,
      sentRecords: 0,
      lastError: expect.stringContaining('ECONNREFUSED'),
    })
    expect(world.problems).toEqual(['syslog does not take audit records; it is tried again'])
    const back = await syslogReceiver({ port: receiver.port })
    await expect.poll(() => follower.status().lagRecords, { timeout: 10_000 }).toBe(0)
    expect(follower.status()).toEqual({
      name: 'syslog',
      lagRecords: 0,
      lagSeconds: 0,
      sentRecords: 7,
      failures: expect.any(Number),
      lastTakenAt: clock.now(),
    })
    await follower.close()
    await back.close()
    await world.journal.close()
  })

  test('is not believed to have what a connection took that nobody read', async () => {
    const turnedAway = ['reset', 'ended', 'ignored'] as const
    let connections = 0
    const receiver = await syslogReceiver({
      onConnection(socket) {
        const manner = turnedAway[connections++]
        if (manner === 'reset') socket.resetAndDestroy()
        else if (manner === 'ended') socket.end()
        else if (manner === 'ignored') setTimeout(() => socket.destroy(), 200)
        else return 'read'
        return 'ignore'
      },
    })
    const world = await newWorld(() => kinds.syslog?.sink(receiver.port) ?? expect.fail())
    await world.write(3)
    const follower = await world.open()
    await arrived(receiver, world.ids())
    expect(connections).toBeGreaterThan(turnedAway.length)
    expect(follower.status().failures).toBe(turnedAway.length)
    await follower.close()
    await receiver.close()
    await world.journal.close()
  })

  test('is given a batch again exactly as it was and with the same id, though there is more by now', async () => {
    let isWell = false
    const receiver = await webhookReceiver({ status: () => (isWell ? 200 : 500) })
    const world = await newWorld(() => kinds['a webhook']?.sink(receiver.port) ?? expect.fail())
    await world.write(3)
    let follower = await world.open()
    await expect.poll(() => receiver.deliveries.length).toBeGreaterThan(1)
    await world.write(5)
    await follower.close()
    const before = receiver.deliveries.length
    isWell = true
    follower = await world.open()
    await arrived(receiver, world.ids())
    const known = receiver.deliveries.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)
    expect(new Set(known.slice(0, before + 1)).size).toBe(1)
    expect(new Set(known).size).toBe(3)
    await follower.close()
    await receiver.close()
    await world.journal.close()
  })

  test('waits as long as its receiver asks it to', async () => {
    const receiver = await webhookReceiver({
      status: (before) => (before === 0 ? 429 : 200),
      headers: { 'retry-after': '1' },
    })
    const world = await newWorld(() => kinds['a webhook']?.sink(receiver.port) ?? expect.fail())
    await world.write(1)
    const follower = await world.open()
    await expect.poll(() => receiver.deliveries.length).toBe(1)
    await after(500)
    expect(receiver.deliveries).toHaveLength(1)
    await arrived(receiver, world.ids())
    await follower.close()
    await receiver.close()
    await world.journal.close()
  })

  test('that is slow gets everything in time, and holds up nobody', async () => {
    const receiver = await syslogReceiver({ slowMs: 20 })
    const world = await newWorld(() => ({
      ...syslogSink({ name: 'syslog', host: '127.0.0.1', port: receiver.port }),
      restMs: 2,
    }))
    const follower = await world.open()
    const begun = performance.now()
    for (let each = 0; each < 20; each += 1) await world.write(100)
    expect(performance.now() - begun).toBeLessThan(5000)
    await arrived(receiver, world.ids())
    expect(firstTimes(receiver.records)).toEqual(world.ids())
    await follower.close()
    await receiver.close()
    await world.journal.close()
  })
})
