import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { encryptInput, furnish } from './furnish.ts'
import type { LoadProcess } from './load-process.ts'
import { floorName, type Load } from './loads.ts'
import { measure, middle } from './measure.ts'
import type { Options } from './options.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { type Credentials, signedBytes } from './signed-request.ts'

/** Encrypt with one way of recording it. */
export interface AuditTime {
  readonly name: string
  readonly requestsPerSecond: number
  readonly microseconds: number
  /** Of the requests per second without audit, in the same rounds. */
  readonly ofUnaudited: number
}

interface Ground {
  /** Where data directories are made. */
  readonly directory: string
  readonly root: Credentials
  readonly floor: ServerProcess
  readonly generator: LoadProcess
  readonly options: Options
}

const cli = `${import.meta.dirname}/../packages/cli/src/main.ts`
const requestCount = 1000

/** What is run: the service without its journal, as it is, and with a directory its records are sent on to. */
const variants: readonly [name: string, program: readonly string[], sink?: string][] = [
  ['Encrypt, audit off', ['--import', `${import.meta.dirname}/without-audit.ts`]],
  ['Encrypt, audit on', []],
  ['Encrypt, audit on and a sink', [], 'sink'],
]

/** Measures what durable audit costs, all three in one run and in turns. */
export async function measureAudit(ground: Ground): Promise<readonly AuditTime[]> {
  const servers = await Promise.all(variants.map((variant, at) => startVariant(variant, at, ground)))
  const { floor, generator, options, root } = ground
  const loads = await Promise.all(
    servers.map(async ({ name, server }): Promise<Load> => {
      const { keyIds } = await furnish(`http://${server.host}:${server.port}`, root)
      return { name, server, requests: () => encryptRequests(server, keyIds, root) }
    }),
  )
  const [first] = loads
  const base = first === undefined ? [] : [{ name: floorName, server: floor, requests: first.requests }]
  const [, unaudited, ...audited] = await measure([...base, ...loads], generator, options)
  await Promise.all(servers.map(({ server }) => server.stop()))
  if (unaudited === undefined) return []
  return [unaudited, ...audited].map((row) => {
    const perSecond = middle(row, (sample) => sample.requestsPerSecond)
    return {
      name: row.name,
      requestsPerSecond: perSecond,
      microseconds: middle(row, (sample) => sample.serverMicroseconds),
      ofUnaudited: perSecond / middle(unaudited, (sample) => sample.requestsPerSecond),
    }
  })
}

async function startVariant(
  [name, flags, sink]: (typeof variants)[number],
  at: number,
  { directory, root }: Ground,
): Promise<{ readonly name: string; readonly server: ServerProcess }> {
  const dataDir = join(directory, `audit-${at}`)
  const sinkDirectory = join(directory, `sink-${at}`)
  if (sink !== undefined) mkdirSync(sinkDirectory)
  const server = await startServer(
    [
      ...['--conditions=source', ...flags, cli, 'serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir],
      ...(sink === undefined ? [] : ['--audit-sinks', `cloudtrail:${sinkDirectory}`]),
    ],
    {
      CLAVIGER_LOG_LEVEL: 'error',
      CLAVIGER_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: root.secretAccessKey,
    },
  )
  return { name, server }
}

function encryptRequests(
  { host, port }: ServerProcess,
  keyIds: readonly string[],
  credentials: Credentials,
): readonly Uint8Array[] {
  return Array.from({ length: requestCount }, (_, index) => {
    const input = encryptInput(keyIds, index)
    return signedBytes({ host: `${host}:${port}`, operation: 'Encrypt', input, credentials, now: Date.now() })
  })
}
