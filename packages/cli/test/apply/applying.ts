import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { Organizations } from '@aws-sdk/client-organizations'
import { STS } from '@aws-sdk/client-sts'
import { type Claviger, readSettings, start } from '@claviger/server'
import { pino } from 'pino'
import type { Credentials } from '../../src/apply/clients.ts'
import { readProfile } from '../../src/apply/credentials-file.ts'
import { runCommandLine } from '../../src/run-command-line.ts'

/** A service that runs, a folder with files, and whoever types `claviger apply` there. */

/** How a command ended, and what it printed. */
export interface Typed {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Somebody's clients. */
export interface Person {
  readonly iam: IAM
  readonly kms: KMS
  readonly sts: STS
  readonly organizations: Organizations
  kmsIn(region: string): KMS
}

export interface House {
  readonly folder: string
  readonly claviger: Claviger
  readonly root: Person
  /** Writes a file into the folder. */
  write(name: string, text: string): Promise<void>
  read(name: string): Promise<string>
  /** Types `claviger apply` and what follows. A file that is named is one of the folder. */
  apply(name: string, ...flags: readonly string[]): Promise<Typed>
  /** The same in another environment. */
  applyAs(
    environment: Readonly<Record<string, string>>,
    name: string,
    ...flags: readonly string[]
  ): Promise<Typed>
  /** Whoever has these credentials. */
  person(credentials: Credentials): Person
  /** Whose credentials were written under this profile. */
  profile(file: string, profile: string): Promise<Person>
  close(): Promise<void>
}

export const account = '111122223333'

/** Starts a service on a free port and in an empty folder of its own. */
export async function openHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'claviger-apply-'))
  const dataDir = join(folder, '.claviger')
  const flags = {
    listen: '127.0.0.1:0',
    'data-dir': dataDir,
    'log-level': 'silent',
    regions: 'us-east-1,eu-west-1',
  }
  const claviger = await start(readSettings({ flags, environment: {}, file: {} }), pino({ level: 'silent' }))
  const made: { destroy(): void }[] = []
  const keep = <C extends { destroy(): void }>(client: C): C => {
    made.push(client)
    return client
  }
  const person = (credentials: Credentials): Person => {
    const settings = { endpoint: claviger.url, region: 'us-east-1', credentials, maxAttempts: 1 }
    return {
      iam: keep(new IAM(settings)),
      kms: keep(new KMS(settings)),
      sts: keep(new STS(settings)),
      organizations: keep(new Organizations(settings)),
      kmsIn: (region) => keep(new KMS({ ...settings, region })),
    }
  }
  const profile = async (file: string, name: string) => {
    const credentials = await readProfile(join(folder, file), name)
    if (credentials === undefined) throw new Error(`there is no profile ${name} in ${file}`)
    return person(credentials)
  }
  const applyAs: House['applyAs'] = (environment, name, ...more) =>
    type(['apply', join(folder, name), '--data-dir', dataDir, ...more], environment)
  return {
    folder,
    claviger,
    root: await profile('.claviger/credentials', 'claviger'),
    write: (name, text) => writeFile(join(folder, name), text),
    read: (name) => readFile(join(folder, name), 'utf8'),
    apply: (name, ...more) => applyAs({}, name, ...more),
    applyAs,
    person,
    profile,
    async close() {
      for (const client of made) client.destroy()
      await claviger.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Types a command line. */
export async function type(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Typed> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const said = { stdout: '', stderr: '' }
  stdout.on('data', (chunk) => {
    said.stdout += chunk
  })
  stderr.on('data', (chunk) => {
    said.stderr += chunk
  })
  const status = await runCommandLine(words, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    environment,
    stopped: new Promise(() => undefined),
  })
  // What was written last is read at the next turn.
  await new Promise((resolve) => setImmediate(resolve))
  return { status, ...said }
}
