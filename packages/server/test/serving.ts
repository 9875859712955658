import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { Organizations } from '@aws-sdk/client-organizations'
import { STS } from '@aws-sdk/client-sts'
import { type Logger, pino } from 'pino'
import { expect } from 'vitest'
import { type Claviger, readSettings, start } from '../src/index.ts'
import { type OwnClock, ownClock } from './base/own-clock.ts'

export { IAM, KMS, STS }

/** A service that really listens, and real AWS clients for whoever is to call it. */

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Somebody with credentials, and their clients. */
export interface Person {
  readonly arn: string
  readonly credentials: Credentials
  readonly kms: KMS
  readonly iam: IAM
  readonly sts: STS
  readonly organizations: Organizations
  /** Their KMS client for another Region. */
  kmsIn(region: string): KMS
  /** CloudTrail's client for a Region. */
  cloudTrailIn(region: string): CloudTrail
}

export interface User extends Person {
  readonly name: string
  readonly userId: string
}

export interface Serving {
  readonly url: string
  readonly dataDir: string
  readonly claviger: Claviger
  /** The service's time. It stands still until a test moves it, and the clients' clocks go along. */
  readonly clock: OwnClock
  readonly root: Person
  /** Whoever has these credentials. */
  person(arn: string, credentials: Credentials): Person
  /** A new user of the account, with an identity policy that allows these actions on everything. */
  user(name: string, ...actions: string[]): Promise<User>
  /** Stops the service and starts it again on the same data directory, perhaps in another environment. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>
  close(): Promise<void>
}

export const account = '111122223333'
export const rootArn = `arn:aws:iam::${account}:root`
export const rootCredentials: Credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** How many threads serve in tests that do not say: the suites hold for any number of them. */
const workers = process.env.CLAVIGER_TEST_WORKERS ?? '1'

/** Starts a service on a free port and in an empty directory of its own. */
export async function serve(
  flags: Readonly<Record<string, string>> = {},
  clock = ownClock(Date.UTC(2026, 10, 23, 12)),
  log: Logger = pino({ level: 'silent' }),
): Promise<Serving> {
  const dataDir = await mkdtemp(join(tmpdir(), 'claviger-wire-'))
  const settingsIn = (environment: Readonly<Record<string, string>>) =>
    readSettings({
      flags: { listen: '127.0.0.1:0', 'data-dir': dataDir, 'log-level': 'silent', workers, ...flags },
      environment: {
        CLAVIGER_ROOT_ACCESS_KEY_ID: rootCredentials.accessKeyId,
        CLAVIGER_ROOT_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
        ...environment,
      },
      file: {},
    })
  const run = (environment: Readonly<Record<string, string>> = {}) =>
    start(settingsIn(environment), log, { clock })
  let claviger = await run()
  const made: { destroy(): void }[] = []
  /** Clients find the service at each call, since a restart gives it another port. */
  const person = (arn: string, credentials: Credentials): Person => {
    const kmsIn = (region: string) => keep(new KMS(clientSettings(claviger.url, credentials, region)))
    const keep = <C extends Client & { destroy(): void }>(client: C): C => {
      made.push(client)
      return following(client, { clock, url: () => claviger.url })
    }
    const common = clientSettings(claviger.url, credentials, 'us-east-1')
    return {
      arn,
      credentials,
      kms: kmsIn('us-east-1'),
      iam: keep(new IAM(common)),
      sts: keep(new STS(common)),
      organizations: keep(new Organizations(common)),
      kmsIn,
      cloudTrailIn: (region) => keep(new CloudTrail(clientSettings(claviger.url, credentials, region))),
    }
  }
  const root = person(rootArn, rootCredentials)
  return {
    get url() {
      return claviger.url
    },
    get claviger() {
      return claviger
    },
    dataDir,
    clock,
    root,
    person,
    async user(name, ...actions) {
      const { User } = await root.iam.createUser({ UserName: name })
      if (actions.length > 0) await root.iam.putUserPolicy(allowing(name, actions))
      const { AccessKey } = await root.iam.createAccessKey({ UserName: name })
      const credentials = {
        accessKeyId: String(AccessKey?.AccessKeyId),
        secretAccessKey: String(AccessKey?.SecretAccessKey),
      }
      return { ...person(String(User?.Arn), credentials), name, userId: String(User?.UserId) }
    },
    async restart(environment) {
      await claviger.close()
      claviger = await run(environment)
    },
    async close() {
      for (const client of made) client.destroy()
      await claviger.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What clients are told, here as in a real process. One attempt: a test wants to see each answer. */
export function clientSettings(endpoint: string, credentials: Credentials, region: string) {
  return { endpoint, region, credentials, maxAttempts: 1 }
}

type Client = Pick<KMS | IAM | STS | Organizations | CloudTrail, 'middlewareStack' | 'config'>

/** Has a client sign by the service's clock, and call wherever the service listens now. */
function following<C extends Client>(client: C, world: { clock: OwnClock; url: () => string }): C {
  const { middlewareStack, config } = client as unknown as KMS
  middlewareStack.add(
    (next) => (args) => {
      config.systemClockOffset = world.clock.now() - Date.now()
      const { protocol, hostname, port } = new URL(world.url())
      config.endpoint = async () => ({ protocol, hostname, port: Number(port), path: '/' })
      return next(args)
    },
    { step: 'initialize', priority: 'high' },
  )
  return client
}

function allowing(name: string, actions: readonly string[]) {
  return { UserName: name, PolicyName: 'allowing', PolicyDocument: allow(actions, { on: '*' }) }
}

/** An identity policy that allows actions on a resource. */
export function allow(actions: readonly string[], { on }: { on: string }): string {
  const statement = { Effect: 'Allow', Action: actions, Resource: on }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** A key policy: what it says of whom, beside the statement that lets the account's root do everything. */
export function keyPolicy(...statements: readonly object[]): string {
  const administration = { Sid: 'Root', Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'kms:*' }
  const all = [administration, ...statements].map((statement) => ({ Resource: '*', ...statement }))
  return JSON.stringify({ Version: '2012-10-17', Statement: all })
}

/** An answer without what the SDK adds to it. */
export async function answerOf<A extends { $metadata: unknown }>(
  call: Promise<A>,
): Promise<Omit<A, '$metadata'>> {
  const { $metadata, ...answer } = await call
  return answer
}

/** Expects a call to be refused with AWS's code, and with its message where one is given. */
export async function refused(
  call: Promise<unknown>,
  code: string,
  message?: string | RegExp,
): Promise<void> {
  const error = await call.then(
    () => ({ name: 'nothing was refused', message: '' }),
    (thrown: Error) => thrown,
  )
  const shown =
    typeof message === 'string' ? { code: error.name, message: error.message } : { code: error.name }
  expect(shown, error.message).toEqual(typeof message === 'string' ? { code, message } : { code })
  if (message instanceof RegExp) expect(error.message).toMatch(message)
}

/** Expects a call of Organizations to be refused with its code, and the reason it gives for that. */
export async function refusedFor(call: Promise<unknown>, code: string, reason: string): Promise<void> {
  const error = await call.then(
    () => ({ name: 'nothing was refused' }),
    (thrown: Error) => thrown,
  )
  expect(error).toMatchObject({ name: code, Reason: reason })
}

/** AWS's sentence for a caller whom nothing allows what they ask. */
export function denial(who: { arn: string }, action: string, resource: string, reason: string): string {
  return `User: ${who.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`
}

export const noIdentityPolicy = (action: string) =>
  `because no identity-based policy allows the ${action} action`
export const noKeyPolicy = (action: string) => `because no resource-based policy allows the ${action} action`

/** The same sentence for a key that is not there and one that is not for the caller, of another account. */
export function foreignDenial(who: { arn: string }, action: string): string {
  return `User: ${who.arn} is not authorized to perform: ${action} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`
}

/** A new key's id and ARN. */
export async function newKey(
  { kms }: { kms: KMS },
  input: Parameters<KMS['createKey']>[0] = {},
): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await kms.createKey(input)
  return { id: String(KeyMetadata?.KeyId), arn: String(KeyMetadata?.Arn) }
}

export const bytes = (text: string) => Buffer.from(text)
export const textOf = (blob: Uint8Array | undefined) => Buffer.from(blob ?? []).toString()
export const daysMs = (days: number) => days * 86_400_000

/** Calls with each page's marker until there is none. */
export async function allPages<P extends { NextMarker?: string | undefined }>(
  call: (marker: string | undefined) => Promise<P>,
): Promise<P[]> {
  const pages = [await call(undefined)]
  for (let next = pages[0]?.NextMarker; next !== undefined; next = pages.at(-1)?.NextMarker) {
    pages.push(await call(next))
  }
  return pages
}
