import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCloudTrailSink } from '../../../src/audit/sinks/cloudtrail/cloudtrail-sink.ts'
import { CannotStart } from '../../../src/base/cannot-start.ts'
import { digestPublicKey, newDigestKey, signDigest } from '../../../src/crypto/digest-signing.ts'
import { ownClock } from '../../base/own-clock.ts'
import { emptyDirectory } from '../../crash/process.ts'
import { account, bytes, newKey, type Serving, serve } from '../../serving.ts'
import { recordsIn } from '../read-records.ts'
import { filesBelow, recordsInLogs, validate } from './cloudtrail-validation.ts'

const minutesMs = 60_000
const logFile = /\/CloudTrail\/.*\.json\.gz$/
const digestFile = /\/CloudTrail-Digest\/.*\.json\.gz$/
const here = { account, region: 'us-east-1' }
const bucket = 'trail-bucket'

describe('a directory in the layout of CloudTrail', () => {
  let service: Serving
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'claviger-cloudtrail-'))
    service = await serve({
      'audit-sinks': `cloudtrail:${directory}?bucket=${bucket}`,
      regions: 'us-east-1,eu-west-1',
    })
  })
  afterAll(async () => {
    await service.close()
    await rm(directory, { recursive: true, force: true })
  })

  const settled = () =>
    expect.poll(() => service.claviger.sinkStatuses()[0]?.lagRecords, { timeout: 10_000 }).toBe(0)
  const digestsThere = (count: number) =>
    expect.poll(() => filesBelow(directory, digestFile), { timeout: 10_000 }).toHaveLength(count)

  async function use(): Promise<void> {
    const { id } = await newKey(service.root)
    await service.root.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    await service.root.kmsIn('eu-west-1').listKeys({})
  }

  test('has a log file for each account and Region every five minutes, and nothing before', async () => {
    await use()
    await new Promise((after) => setTimeout(after, 1500))
    expect(await filesBelow(directory, /./)).toEqual([])
    service.clock.advance(5 * minutesMs)
    await settled()
    expect(await filesBelow(directory, logFile)).toEqual([
      expect.stringMatching(
        /^AWSLogs\/111122223333\/CloudTrail\/eu-west-1\/2026\/11\/23\/111122223333_CloudTrail_eu-west-1_20261123T1205Z_[A-Za-z0-9]{16}\.json\.gz$/,
      ),
      expect.stringMatching(
        /^AWSLogs\/111122223333\/CloudTrail\/us-east-1\/2026\/11\/23\/111122223333_CloudTrail_us-east-1_20261123T1205Z_[A-Za-z0-9]{16}\.json\.gz$/,
      ),
    ])
  })

  test('has every record of the journal once, by account and Region, in its order', async () => {
    await use()
    service.clock.advance(5 * minutesMs)
    await settled()
    const written = await recordsIn(service.dataDir)
    const sent = await recordsInLogs(directory, await filesBelow(directory, logFile))
    const byRegion = (region: string, records = written) =>
      records.filter(({ awsRegion }) => awsRegion === region)
    for (const region of ['us-east-1', 'eu-west-1']) {
      expect(byRegion(region, sent)).toEqual(byRegion(region))
    }
    expect(sent).toHaveLength(written.length)
  })

  test('has a digest for each hour, which names the files of that hour and the digest before', async () => {
    service.clock.advance(55 * minutesMs)
    await digestsThere(2)
    await use()
    service.clock.advance(5 * minutesMs)
    await settled()
    service.clock.advance(55 * minutesMs)
    await digestsThere(4)
    // An hour in which nothing happened has a digest too, and after a long pause one says so for all of it.
    service.clock.advance(60 * minutesMs)
    await digestsThere(6)
    service.clock.advance(24 * 60 * minutesMs)
    await digestsThere(8)
    const { digests, problems } = await validate(directory, here, bucket)
    expect(problems).toEqual([])
    expect(
      digests.map(({ digestStartTime, digestEndTime, logFiles }) => [
        digestStartTime,
        digestEndTime,
        logFiles.length,
      ]),
    ).toEqual([
      ['2026-11-23T15:05:00Z', '2026-11-24T15:05:00Z', 0],
      ['2026-11-23T14:05:00Z', '2026-11-23T15:05:00Z', 0],
      ['2026-11-23T13:05:00Z', '2026-11-23T14:05:00Z', 1],
      ['2026-11-23T12:05:00Z', '2026-11-23T13:05:00Z', 2],
    ])
    expect(digests.at(-1)).toMatchObject({
      awsAccountId: account,
      digestS3Object: `AWSLogs/${account}/CloudTrail-Digest/us-east-1/2026/11/23/${account}_CloudTrail-Digest_us-east-1_claviger_us-east-1_20261123T130500Z.json.gz`,
      digestSignatureAlgorithm: 'SHA256withRSA',
      oldestEventTime: '2026-11-23T12:00:00Z',
      newestEventTime: '2026-11-23T12:05:00Z',
      previousDigestS3Bucket: null,
      previousDigestS3Object: null,
      previousDigestHashValue: null,
      previousDigestHashAlgorithm: null,
      previousDigestSignature: null,
    })
    expect(digests[0]).toMatchObject({
      newestEventTime: null,
      oldestEventTime: null,
      previousDigestHashAlgorithm: 'SHA-256',
    })
    expect((await validate(directory, { account, region: 'eu-west-1' }, bucket)).problems).toEqual([])
  })

  test('goes on with its digests after the service was started anew', async () => {
    await service.restart()
    await use()
    service.clock.advance(5 * minutesMs)
    await settled()
    service.clock.advance(60 * minutesMs)
    await digestsThere(10)
    const { digests, logFiles, problems } = await validate(directory, here, bucket)
    expect(problems).toEqual([])
    expect(digests).toHaveLength(5)
    expect(logFiles.toSorted()).toEqual(await filesBelow(directory, /\/CloudTrail\/us-east-1\/.*\.json\.gz$/))
  })

  const edits: Readonly<Record<string, (log: string, digest: string) => Promise<unknown>>> = {
    'a log file was changed': async (log) => {
      const text = gunzipSync(await readFile(join(directory, log))).toString()
      await writeFile(join(directory, log), gzipSync(text.replace('Encrypt', 'Decrypt')))
    },
    'a log file was removed': (log) => rm(join(directory, log)),
    'a digest was changed': async (_log, digest) => {
      const text = gunzipSync(await readFile(join(directory, digest))).toString()
      await writeFile(join(directory, digest), gzipSync(text.replace('"logFiles":[', '"logFiles":[ ')))
    },
    'a digest was removed': (_log, digest) => rm(join(directory, digest)),
  }
  for (const [name, edit] of Object.entries(edits)) {
    test(`shows that ${name}`, async () => {
      const { logFiles, digests } = await validate(directory, here, bucket)
      const [log = '', digest = ''] = [logFiles.at(-1), digests.at(-2)?.digestS3Object]
      const kept = join(await emptyDirectory(), 'kept')
      for (const path of [log, digest]) await copyFile(join(directory, path), `${kept}-${path.length}`)
      await edit(log, digest)
      const { problems } = await validate(directory, here, bucket)
      for (const path of [log, digest]) await copyFile(`${kept}-${path.length}`, join(directory, path))
      expect(problems.length).toBeGreaterThan(0)
      expect((await validate(directory, here, bucket)).problems).toEqual([])
    })
  }
})

test('what a crash had taken again makes the same file again, and stands in the digest once', async () => {
  const base = await emptyDirectory()
  const secret = newDigestKey()
  const key = { ...digestPublicKey(secret), sign: (text: string) => signDigest(secret, text) }
  const clock = ownClock(Date.UTC(2026, 10, 23, 12))
  const [directory, statePath] = [join(base, 'trail'), join(base, 'state.json')]
  const trail = { bucket, name: 'claviger', homeRegion: 'us-east-1' }
  const open = () => openCloudTrailSink({ name: 'cloudtrail', directory, trail, key, clock, statePath })
  const json = JSON.stringify({
    eventTime: '2026-11-23T12:00:00Z',
    awsRegion: 'us-east-1',
    recipientAccountId: account,
  })
  const shipment = (sequence: number) => ({
    records: [{ sequence, json }],
    end: { sequence, hash: `${sequence}`.repeat(64) },
    at: clock.now(),
  })
  const [first, second] = [shipment(1), shipment(2)]
  await (await open()).take(first)
  const state = await readFile(statePath)
  const sink = await open()
  await sink.take(second)
  // As if the power had failed just before its state was written: nobody knows that the second was delivered.
  await writeFile(statePath, state)
  clock.advance(7 * minutesMs)
  const again = await open()
  await again.take(second)
  await again.take(second)
  expect(await filesBelow(directory, logFile)).toHaveLength(2)
  clock.advance(60 * minutesMs)
  await again.tend?.()
  const { logFiles, problems } = await validate(directory, here, bucket)
  expect(problems).toEqual([])
  expect(new Set(logFiles).size).toBe(2)
  expect(logFiles).toHaveLength(2)
})

test('digests are not begun anew in silence where it was damaged how far they had come', async () => {
  const dataDir = await emptyDirectory()
  const statePath = join(dataDir, 'state.json')
  await writeFile(statePath, '{"chains":[')
  const secret = newDigestKey()
  const key = { ...digestPublicKey(secret), sign: (text: string) => signDigest(secret, text) }
  const trail = { bucket, name: 'claviger', homeRegion: 'us-east-1' }
  const settings = { name: 'cloudtrail', directory: dataDir, trail, key, clock: ownClock(0), statePath }
  await expect(openCloudTrailSink(settings)).rejects.toThrow(CannotStart)
})
