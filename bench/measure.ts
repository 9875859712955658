import { setTimeout as pause } from 'node:timers/promises'
import type { LoadProcess } from './load-process.ts'
import type { Load } from './loads.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import type { Report } from './replay.ts'

/** One load in one round. */
export interface Sample {
  readonly requestsPerSecond: number
  /** Of the requests per second that the floor reached in the same round; absent for a load that is held back. */
  readonly ofFloor?: number
  readonly serverMicroseconds?: number
  /** Whether nobody else used the machine meanwhile, nor while the floor of this round was measured. */
  readonly quiet: boolean
  readonly report: Report
}

/** All rounds of one load. */
export interface Measured {
  readonly name: string
  readonly samples: readonly Sample[]
}

const warmUpSeconds = 0.3
const firstWarmUpSeconds = 2
const settleMs = 500

/**
 * Measures the loads in rounds, A B C A B C: what a neighbour takes away, he takes from all of them, and the
 * ratios within a round stand. An uncounted round goes first, until everything is compiled.
 */
export async function measure(
  loads: readonly Load[],
  generator: LoadProcess,
  { rounds, seconds, connections }: Options,
): Promise<readonly Measured[]> {
  const replay = async (
    load: Load,
    times: { readonly seconds: number; readonly warmUpSeconds: number; readonly rate?: number },
  ) => {
    const { host, port, isTls = false, pid } = load.server
    // What a server still does for the last load, such as compressing files, is not to be counted with this one.
    await pause(settleMs)
    const count = load.connections ?? connections
    const requests = load.requests()
    const report = await generator.replay({ host, port, isTls, pid, requests, connections: count, ...times })
    requireAllAnswered(load.name, report)
    return report
  }
  for (const load of loads) await replay(load, { warmUpSeconds: firstWarmUpSeconds, seconds: 0.1 })
  const rows = loads.map(({ name }) => ({ name, samples: [] as Sample[] }))
  for (let round = 0; round < rounds; round += 1) {
    const reports = new Map<string, Report>()
    const floors = new Map<number | undefined, Report>()
    for (const [index, load] of loads.entries()) {
      const whole = load.halfOf === undefined ? undefined : reports.get(load.halfOf)
      const rate = whole === undefined ? {} : { rate: perSecond(whole) / 2 }
      const report = await replay(load, { warmUpSeconds, seconds, ...rate })
      reports.set(load.name, report)
      if (load.isFloor) floors.set(load.connections, report)
      rows[index]?.samples.push(sampleOf(load, report, floors.get(load.connections) ?? report))
    }
  }
  return rows
}

/** A refusal is quicker than an answer, so a run with one has measured something else. */
function requireAllAnswered(name: string, { countByStatus, firstRefusal }: Report): void {
  if (firstRefusal === undefined) return
  throw new Error(`${name}: not every answer was 200 (${JSON.stringify(countByStatus)})\n${firstRefusal}`)
}

function sampleOf({ halfOf }: Load, report: Report, floor: Report): Sample {
  const requestsPerSecond = perSecond(report)
  const { answers, serverCpuSeconds } = report
  return {
    requestsPerSecond,
    ...(halfOf === undefined ? { ofFloor: requestsPerSecond / perSecond(floor) } : {}),
    ...(serverCpuSeconds === undefined ? {} : { serverMicroseconds: (serverCpuSeconds / answers) * 1e6 }),
    quiet: isQuiet(report) && isQuiet(floor),
    report,
  }
}

const perSecond = ({ answers, seconds }: Report) => answers / seconds

/** A neighbour costs more than the time he takes: he also leaves the caches full of his own. */
const quietCoresMost = 0.12

const isQuiet = ({ otherCores }: Report) => otherCores === undefined || otherCores < quietCoresMost

/** The rounds that count: the quiet ones, or all of them where none was. */
function counted({ samples }: Measured): readonly Sample[] {
  const quiet = samples.filter((sample) => sample.quiet)
  return quiet.length > 0 ? quiet : samples
}

/** The middle of what the rounds gave that count; `NaN` where this machine could not tell. */
export function middle(measured: Measured, read: (sample: Sample) => number | undefined): number {
  return median(counted(measured).map((sample) => read(sample) ?? Number.NaN))
}

/** How far those rounds are apart, as a part of the middle one. */
export function spread(measured: Measured, read: (sample: Sample) => number): number {
  const values = counted(measured).map(read)
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** Below this the generator hardly ever waited for the server: it was the one that was measured. */
const idleShareLeast = 0.1

/** Whether the load generator could not have made more load than it did. */
export function isGeneratorBound(measured: Measured): boolean {
  return middle(measured, ({ report }) => report.idleShare) < idleShareLeast
}
