import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalText } from '../audit/read-records.ts'
import { ownClock } from '../base/own-clock.ts'
import { newService, present, signedFor } from '../services.ts'
import { rootCredentials, type Serving, serve } from '../serving.ts'
import { assume, newRole, trusting } from '../sessions.ts'

/** What IAM and STS give out or are shown as a proof of who calls is written nowhere where it could be read. */

let house: Serving
const log: string[] = []
/** What was given out or shown, and by which operation. */
const secrets: [operation: string, secret: string][] = []

interface Given {
  readonly Credentials?:
    | { readonly SecretAccessKey?: string | undefined; readonly SessionToken?: string | undefined }
    | undefined
}

const remember = (operation: string, ...given: readonly (string | undefined)[]) => {
  for (const secret of given) secrets.push([operation, String(secret)])
}
const rememberSession = (operation: string, { Credentials }: Given) =>
  remember(operation, Credentials?.SecretAccessKey, Credentials?.SessionToken)

beforeAll(async () => {
  const clock = ownClock(Date.UTC(2026, 10, 23, 12))
  const write = (line: string) => void log.push(line)
  house = await serve({}, clock, pino({ level: 'trace' }, { write }))
  remember('the settings', rootCredentials.secretAccessKey)
  const alice = await house.user('alice', 'sts:*', 'iam:*')
  remember('CreateAccessKey', alice.credentials.secretAccessKey)
  rememberSession('GetSessionToken', await alice.sts.getSessionToken({}))
  rememberSession('GetFederationToken', await alice.sts.getFederationToken({ Name: 'bob' }))
  const role = await newRole(house.root, 'Readers', trusting({ AWS: alice.arn }))
  const { credentials } = await assume(house, alice, { RoleArn: role })
  remember('AssumeRole', credentials.secretAccessKey, credentials.sessionToken)
  const { VirtualMFADevice } = await alice.iam.createVirtualMFADevice({ VirtualMFADeviceName: 'phone' })
  remember('CreateVirtualMFADevice', Buffer.from(VirtualMFADevice?.Base32StringSeed ?? '').toString())

  const s3 = await newService(house, 's3.us-east-1.amazonaws.com')
  remember('claviger service add', s3.secretAccessKey)
  const received = signedFor(house, alice)
  remember('GetForwardAccessSession', /Signature=(\w+)/.exec(received.headers.join())?.[1])
  const session = await present(house, s3, received)
  remember('GetForwardAccessSession', session.credentials.secretAccessKey, session.credentials.sessionToken)

  // A token that nobody believes is a secret as well: it may be believed elsewhere.
  const WebIdentityToken = randomBytes(60).toString('base64url')
  const asked = { RoleArn: role, RoleSessionName: 'web', WebIdentityToken }
  await house.root.sts.assumeRoleWithWebIdentity(asked).catch(() => undefined)
  remember('AssumeRoleWithWebIdentity', WebIdentityToken)
})
afterAll(() => house.close())

/** Of which operations there are secrets in a text. */
const leaks = (text: string) =>
  secrets.filter(([, secret]) => text.includes(secret)).map(([operation]) => operation)

describe('no credential', () => {
  test('is left out here: each is long enough not to be met by chance', () => {
    expect(secrets.filter(([, secret]) => secret.length < 16)).toEqual([])
    expect(new Set(secrets.map(([operation]) => operation)).size).toBe(9)
    expect(leaks(JSON.stringify(secrets))).toHaveLength(secrets.length)
  })

  test('is in the journal, where the calls are', async () => {
    const text = await journalText(house.dataDir)
    for (const name of [
      'GetSessionToken',
      'AssumeRole',
      'CreateVirtualMFADevice',
      'AssumeRoleWithWebIdentity',
    ]) {
      expect(text).toContain(`"eventName":"${name}"`)
    }
    expect(leaks(text)).toEqual([])
  })

  test('is in the log', () => {
    expect(leaks(log.join())).toEqual([])
  })

  test('is in a database', async () => {
    const files = (await readdir(house.dataDir)).filter((name) => name.includes('.db'))
    const texts = await Promise.all(files.map((name) => readFile(join(house.dataDir, name), 'latin1')))
    expect(leaks(texts.join())).toEqual([])
  })
})
