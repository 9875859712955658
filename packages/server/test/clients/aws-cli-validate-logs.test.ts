import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import { ownClock } from '../base/own-clock.ts'
import { emptyDirectory } from '../crash/process.ts'
import { account, newKey, serve } from '../serving.ts'
import { awsCli } from './aws-cli.ts'
import { printed, session } from './client.ts'

/** `aws cloudtrail validate-logs`, AWS's own validation, over files that the service wrote. */

const hourMs = 3_600_000
const bucket = 'trail-bucket'

/** Files below a directory, as the objects of a bucket, and the public keys as CloudTrail lists them. */
async function bucketOf(directory: string): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bucket')
    if (request.method === 'POST') {
      const keys = await readFile(join(directory, 'cloudtrail-public-keys.json'))
      return response.setHeader('content-type', 'application/x-amz-json-1.1').end(keys)
    }
    response.setHeader('content-type', 'application/xml')
    const key = decodeURIComponent(pathname.slice(`/${bucket}/`.length))
    if (searchParams.has('location')) return response.end('<LocationConstraint/>')
    if (key === '') return response.end(await listing(directory, searchParams))
    const body = await readFile(join(directory, key)).catch(() => undefined)
    if (body === undefined) return response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
    const metadata = await readFile(join(directory, `${key}.metadata.json`), 'utf8').catch(() => '{}')
    for (const [name, value] of Object.entries(JSON.parse(metadata) as Record<string, string>)) {
      response.setHeader(`x-amz-meta-${name}`, value)
    }
    return response.setHeader('content-type', 'application/octet-stream').end(body)
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function listing(directory: string, query: URLSearchParams): Promise<string> {
  const [prefix, marker] = [query.get('prefix') ?? '', query.get('marker') ?? '']
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.gz')).sort()
  const keys = names.filter((name) => name.startsWith(prefix) && name > marker)
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`)
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
}

/** Some hours of a service, as files. */
async function hoursOf(directory: string): Promise<void> {
  const clock = ownClock(Date.UTC(2026, 10, 23, 12))
  const service = await serve({ 'audit-sinks': `cloudtrail:${directory}?bucket=${bucket}` }, clock)
  for (let hour = 1; hour <= 3; hour += 1) {
    await newKey(service.root)
    clock.advance(hourMs)
    await expect
      .poll(async () => (await listing(directory, new URLSearchParams())).match(/<Key>/g)?.length ?? 0, {
        timeout: 10_000,
      })
      // A log file with each hour, and a digest of the one before.
      .toBe(2 * hour - 1)
  }
  await service.close()
}

await session(
  awsCli,
  'with the AWS CLI log files and digests are valid, and what was done to them is found',
  async (program) => {
    const directory = await emptyDirectory()
    await hoursOf(directory)
    const url = await bucketOf(directory)
    const validated = () =>
      printed(
        program,
        [
          ...['cloudtrail', 'validate-logs', '--verbose', '--s3-bucket', bucket],
          ...['--trail-arn', `arn:aws:cloudtrail:us-east-1:${account}:trail/claviger`],
          ...['--start-time', '2026-11-23T12:00:00Z', '--end-time', '2026-11-23T16:00:00Z'],
        ],
        {
          HOME: directory,
          AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'none',
          AWS_REGION: 'us-east-1',
          AWS_DEFAULT_REGION: 'us-east-1',
          AWS_ENDPOINT_URL: url,
        },
      )
    const whole = await validated()
    expect([whole.code, whole.stderr]).toEqual([0, ''])
    expect(whole.stdout).toContain('2/2 digest files valid')
    expect(whole.stdout).toContain('2/2 log files valid')

    const names = (await readdir(directory, { recursive: true }))
      .filter((name) => name.endsWith('.gz'))
      .sort()
    const log = join(directory, names.find((name) => name.includes('/CloudTrail/')) ?? '')
    const text = gunzipSync(await readFile(log)).toString()
    await writeFile(log, gzipSync(text.replace('CreateKey', 'DeleteKey')))
    const changed = await validated()
    expect(changed.code).toBe(1)
    expect(changed.stderr).toContain("INVALID: hash value doesn't match")

    await writeFile(log, gzipSync(text))
    const digest = join(directory, names.find((name) => name.includes('-Digest/')) ?? '')
    const digested = gunzipSync(await readFile(digest)).toString()
    await writeFile(digest, gzipSync(digested.replace('"awsAccountId"', '"awsAccountID"')))
    const forged = await validated()
    expect(forged.code).toBe(1)
    expect(forged.stderr).toContain('INVALID: signature verification failed')

    await rm(digest)
    const missing = await validated()
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('INVALID: not found')
  },
  // Old ones, which do not know this, do not find endpoints in the environment either.
  { needs: ['derive-shared-secret'] },
)
