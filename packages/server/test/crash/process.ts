import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { Organizations } from '@aws-sdk/client-organizations'
import { onTestFinished } from 'vitest'
import { clientSettings, IAM, KMS, type Person, rootArn, rootCredentials, STS } from '../serving.ts'

/** The service as people run it: a process of its own. */
export interface Running {
  readonly url: string
  readonly pid: number
  /** What it has printed so far. */
  said(): string
  /** Resolves once its log has this text. */
  logged(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ending>
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

interface Start {
  readonly dataDir: string
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const main = resolve(import.meta.dirname, '../../../cli/src/main.ts')

/** The root user's credentials, as tests and containers give them. */
export const rootEnvironment = {
  CLAVIGER_ROOT_ACCESS_KEY_ID: rootCredentials.accessKeyId,
  CLAVIGER_ROOT_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
}

/** Starts `claviger serve` on a free port without waiting for anything. */
export function spawnService({ dataDir, flags = [], environment = rootEnvironment }: Start): ChildProcess {
  const typed = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...flags]
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, ['--conditions=source', main, ...typed], {
    env: { PATH, HOME, CLAVIGER_WORKERS: process.env.CLAVIGER_TEST_WORKERS ?? '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Starts `claviger serve` and resolves when it listens, or with how it ended when it does not come to that. */
export function startService(start: Start): Promise<Running | Ending> {
  const child = spawnService(start)
  let stdout = ''
  let stderr = ''
  const ended = new Promise<Ending>((end) => {
    child.on('close', (code, signal) => end({ code, signal, stderr }))
  })
  const waiting = new Set<() => void>()
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk
    for (const look of waiting) look()
  })
  return new Promise((begin) => {
    let hasBegun = false
    const greeted = () => {
      const url = /AWS_ENDPOINT_URL=(\S+)\n/.exec(stdout + stderr)?.[1]
      if (url === undefined || hasBegun) return
      hasBegun = true
      begin({
        url,
        pid: child.pid ?? 0,
        said: () => stdout,
        logged: (text) =>
          new Promise((found) => {
            const look = () => {
              if (!stderr.includes(text)) return
              waiting.delete(look)
              found()
            }
            waiting.add(look)
            look()
          }),
        kill: (signal) => void child.kill(signal),
        ended,
      })
    }
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk
      greeted()
    })
    child.stderr?.on('data', greeted)
    void ended.then(begin)
  })
}

/** A running service; it ends with the test. */
export async function running(start: Start): Promise<Running> {
  const service = await startService(start)
  if (!('url' in service)) throw new Error(`the service did not start: ${service.stderr}`)
  onTestFinished(async () => {
    service.kill('SIGKILL')
    await service.ended
  })
  return service
}

/** How a service ended that could not start. */
export async function notStarting(start: Start): Promise<Ending> {
  const service = await startService(start)
  if (!('url' in service)) return service
  service.kill('SIGKILL')
  throw new Error(`the service started, at ${service.url}`)
}

/** An empty directory that goes with the test. */
export async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'claviger-process-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** The root user, with clients for a service in a process of its own and on the machine's time. */
export function rootOf({ url }: { url: string }, credentials = rootCredentials): Person {
  const common = clientSettings(url, credentials, 'us-east-1')
  const kmsIn = (region: string) => new KMS({ ...common, region })
  return {
    arn: rootArn,
    credentials,
    kms: kmsIn('us-east-1'),
    iam: new IAM(common),
    sts: new STS(common),
    organizations: new Organizations(common),
    cloudTrailIn: (region) => new CloudTrail({ ...common, region }),
    kmsIn,
  }
}
