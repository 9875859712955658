import { callerOf } from './call-service.ts'
import { type KeyUse, keyUses } from './key-use.ts'
import type { LoadProcess } from './load-process.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import type { ServerProcess } from './server-process.ts'
import { type Credentials, signedBytes } from './signed-request.ts'

/** What one use of a key costs through the service, and by itself. */
export interface KeyUseTime {
  readonly name: string
  readonly requestsPerSecond: number
  /** CPU time of the server for one request, all its threads together. */
  readonly microseconds: number
  /** CPU time of the bare `node:crypto` call, measured in the same round. */
  readonly rawMicroseconds?: number
  /** The part of a request's CPU time that is not the bare call. */
  readonly serviceShare?: number
}

const requestCount = 200
const rounds = 3
const warmUpSeconds = 0.4
const rawMs = 60

/** Measures the service and the bare call in turns, so that both have the same neighbours. */
export async function measureKeyUses(
  server: ServerProcess,
  root: Credentials,
  { generator, options }: { readonly generator: LoadProcess; readonly options: Options },
): Promise<readonly KeyUseTime[]> {
  const uses = keyUses().filter(({ name }) => name.includes(options.only))
  const times: KeyUseTime[] = []
  for (const use of uses) {
    const input = await inputOf(use, server, root)
    const samples = []
    for (let round = 0; round < rounds; round += 1) {
      const raw = use.raw === undefined ? undefined : timeRaw(use.raw)
      const requests = Array.from({ length: requestCount }, () => request(use, input, server, root))
      const { host, port, pid } = server
      const { seconds, connections } = options
      const report = await generator.replay({
        ...{ host, port, pid, requests, connections },
        ...{ seconds, warmUpSeconds },
      })
      if (report.firstRefusal !== undefined) throw new Error(`${use.name}: ${report.firstRefusal}`)
      const cpu = ((report.serverCpuSeconds ?? Number.NaN) / report.answers) * 1e6
      samples.push({ raw, cpu, perSecond: report.answers / report.seconds })
    }
    times.push(timeOf(use, samples))
  }
  return times
}

interface Sample {
  readonly raw: number | undefined
  readonly cpu: number
  readonly perSecond: number
}

function timeOf({ name }: KeyUse, samples: readonly Sample[]): KeyUseTime {
  const microseconds = median(samples.map(({ cpu }) => cpu))
  const requestsPerSecond = median(samples.map(({ perSecond }) => perSecond))
  const raws = samples.flatMap(({ raw }) => raw ?? [])
  if (raws.length === 0) return { name, requestsPerSecond, microseconds }
  const shares = samples.map(({ raw = 0, cpu }) => Math.max(0, 1 - raw / cpu))
  return {
    ...{ name, requestsPerSecond, microseconds },
    rawMicroseconds: median(raws),
    serviceShare: median(shares),
  }
}

async function inputOf(use: KeyUse, { host, port }: ServerProcess, root: Credentials): Promise<object> {
  const { kms } = callerOf(`http://${host}:${port}`, root)
  const { KeyMetadata } = await kms('CreateKey', use.key)
  const { KeyId } = KeyMetadata as { KeyId: string }
  const input = { KeyId, ...use.input }
  if (use.signFirst === undefined) return input
  const { Signature } = await kms('Sign', input)
  return { ...input, Signature }
}

function request(
  { operation }: KeyUse,
  input: object,
  { host, port }: ServerProcess,
  credentials: Credentials,
): Uint8Array {
  return signedBytes({ host: `${host}:${port}`, operation, input, credentials, now: Date.now() })
}

/** CPU time of one call, in microseconds. */
function timeRaw(call: () => unknown): number {
  const before = process.cpuUsage()
  const end = performance.now() + rawMs
  let count = 0
  do {
    call()
    count += 1
  } while (performance.now() < end)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}
