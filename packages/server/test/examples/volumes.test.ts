import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownClock } from '../base/own-clock.ts'
import { newService, signedFor } from '../services.ts'
import { keyPolicy, newKey, type Person, type Serving, serve, type User } from '../serving.ts'
import { type Running, runExample } from './running.ts'

/** The volumes of `examples/`: a grant that outlives the call. */

let house: Serving
let volumes: Running
let alice: User

beforeAll(async () => {
  house = await serve({}, ownClock(Date.now()))
  alice = await house.user('alice')
  const { arn } = await newKey(house.root, {
    Policy: keyPolicy({
      Effect: 'Allow',
      Principal: { AWS: alice.arn },
      Action: ['kms:GenerateDataKeyWithoutPlaintext', 'kms:CreateGrant'],
      Condition: { StringEquals: { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } },
    }),
  })
  const { accessKeyId, secretAccessKey } = await newService(house, 'ec2.us-east-1.amazonaws.com')
  volumes = await runExample('volumes', {
    CLAVIGER_URL: house.url,
    SERVICE_ACCESS_KEY_ID: accessKeyId,
    SERVICE_SECRET_ACCESS_KEY: secretAccessKey,
    VOLUME_KEY: arn,
  })
})
afterAll(async () => {
  await volumes.stop()
  await house.close()
})

async function post(path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(`${volumes.url}${path}`, { method: 'POST', headers })
  return `${response.status} ${await response.text()}`
}

/** Asks as somebody, with a request they signed for the service. */
async function postAs(who: Person, path: string): Promise<string> {
  const { host } = new URL(volumes.url)
  const { headers } = signedFor(house, who, {
    service: 'ec2',
    method: 'POST',
    path,
    query: '',
    headers: { host },
  })
  const pairs: [string, string][] = []
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'host') pairs.push([headers[index] ?? '', headers[index + 1] ?? ''])
  }
  return post(path, Object.fromEntries(pairs))
}

test('what a user attached opens without them, until it is detached', async () => {
  const attached = await postAs(alice, '/volumes/vol-1/attach')
  expect(attached).toMatch(/^200 [0-9a-f]{64}$/)
  // The user is gone, and their permission with them: the grant stays.
  await house.root.iam.deleteAccessKey({ UserName: 'alice', AccessKeyId: alice.credentials.accessKeyId })
  expect(await post('/volumes/vol-1/restart')).toBe(attached)
  expect(await post('/volumes/vol-1/detach')).toBe('200 detached')
  expect(await post('/volumes/vol-1/restart')).toMatch(/^403 AccessDeniedException: /)
})

test('nobody attaches a volume who has not signed for it', async () => {
  expect(await post('/volumes/vol-2/attach')).toMatch(/^403 /)
  const mallory = await house.user('mallory')
  expect(await postAs(mallory, '/volumes/vol-2/attach')).toMatch(/^403 AccessDeniedException: .*mallory/)
})
