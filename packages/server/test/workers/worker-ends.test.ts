import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { journalKeyPath, readSettings, start, verifyJournal } from '@claviger/server'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordsIn } from '../audit/read-records.ts'
import { newKey, refused, rootCredentials, type Serving, serve } from '../serving.ts'
import { atBoth, type Connection, connect, servedByTwo } from './connection.ts'

let house: Serving
beforeEach(async () => {
  house = await servedByTwo()
})
afterEach(() => house.close())

/** Calls one after the other until the connection or the test ends; gives the ids of those that were answered. */
async function calling(connection: Connection, keyId: string, until: AbortSignal): Promise<string[]> {
  const answered: string[] = []
  for (let number = 0; !until.aborted; number += 1) {
    const change = { KeyId: keyId, Tags: [{ TagKey: 'count', TagValue: String(number) }] }
    const done = await (number % 10 === 0
      ? connection.kms('TagResource', change)
      : connection.kms('Encrypt', { KeyId: keyId, Plaintext: 'aGk=' })
    ).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
    if (typeof done === 'string') return answered
    expect(done.code, done.text).toBe('ok')
    answered.push(done.requestId)
  }
  return answered
}

describe('when a worker ends', () => {
  test('what it has answered is recorded, the others go on, and another takes its place', async () => {
    const { workers } = house.claviger
    const { id } = await newKey(house.root)
    const answered: string[] = []
    for (let round = 1; round <= 3; round += 1) {
      const [one, other] = await atBoth(house, rootCredentials)
      const done = new AbortController()
      const lost = calling(one, id, done.signal)
      const kept = calling(other, id, done.signal)
      await after(200 + Math.random() * 200)
      await workers?.threads[0]?.terminate()
      const before = await lost
      expect((await other.kms('DescribeKey', { KeyId: id })).code).toBe('ok')
      done.abort()
      const during = await kept
      expect(Math.min(before.length, during.length)).toBeGreaterThan(0)
      answered.push(...before, ...during)
      await workers?.allServe()
      expect(workers?.threads).toHaveLength(2)
      for (const connection of [one, other]) connection.close()
    }
    const ids = new Set((await recordsIn(house.dataDir)).map(({ requestID }) => requestID))
    expect(answered.filter((requestId) => !ids.has(requestId))).toEqual([])
    const directory = join(house.dataDir, 'audit')
    const publicKey = await readFile(journalKeyPath(directory), 'utf8')
    expect(await verifyJournal(directory, { publicKey })).toMatchObject({ lastHash: expect.any(String) })
  }, 60_000)

  test('no count of the service goes back', async () => {
    const { workers } = house.claviger
    const counted = async () =>
      ((await workers?.readings()) ?? []).reduce((sum, { meter }) => sum + meter.traffic.requestBytes, 0)
    const both = await atBoth(house, rootCredentials)
    for (const connection of both) await connection.kms('ListKeys', {})
    const before = await counted()
    expect(before).toBeGreaterThan(0)
    await workers?.threads[0]?.terminate()
    expect(await counted()).toBe(before)
    await workers?.allServe()
    expect(await counted()).toBe(before)
    for (const connection of both) connection.close()
  })

  test('in the middle of a change, the change is made and recorded, or neither', async () => {
    const { workers } = house.claviger
    const { id } = await newKey(house.root)
    const made: string[] = []
    for (let round = 1; round <= 5; round += 1) {
      const connections = Array.from({ length: 8 }, () => connect(house, rootCredentials))
      const calls = connections.map((connection) => connection.kms('CreateKey', {}).catch(() => undefined))
      await after(Math.random() * 20)
      await workers?.threads[0]?.terminate()
      for (const call of await Promise.all(calls)) if (call !== undefined) made.push(call.requestId)
      for (const connection of connections) connection.close()
      await workers?.allServe()
    }
    const records = await recordsIn(house.dataDir)
    const recorded = records.filter(({ eventName }) => eventName === 'CreateKey').length
    expect((await house.root.kms.listKeys({})).Keys).toHaveLength(recorded)
    expect(made.filter((requestId) => !records.some(({ requestID }) => requestID === requestId))).toEqual([])
    expect((await house.root.kms.describeKey({ KeyId: id })).KeyMetadata?.Enabled).toBe(true)
  }, 60_000)
})

test('several workers leave an address to whom it belongs', async () => {
  const address = new URL(house.url).host
  await expect(serve({ listen: address, workers: '2' })).rejects.toThrow(
    `cannot listen on ${address}: something else listens there already`,
  )
  await refused(house.root.kms.describeKey({ KeyId: 'alias/none' }), 'NotFoundException')
})

test('what several workers have stored one finds, and the other way round', async () => {
  const { id } = await newKey(house.root)
  const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: Buffer.from('kept') })
  await house.claviger.close()
  const alone = await start(
    readSettings({
      flags: { listen: '127.0.0.1:0', 'data-dir': house.dataDir, 'log-level': 'silent' },
      environment: {},
      file: {},
    }),
    pino({ level: 'silent' }),
    { clock: house.clock },
  )
  const { answer } = await connect({ ...house, url: alone.url }, rootCredentials).kms('Decrypt', {
    CiphertextBlob: Buffer.from(CiphertextBlob ?? []).toString('base64'),
  })
  await alone.close()
  expect(Buffer.from(String(answer.Plaintext), 'base64').toString()).toBe('kept')
  await house.restart()
  expect((await house.root.kms.describeKey({ KeyId: id })).KeyMetadata?.KeyId).toBe(id)
})
