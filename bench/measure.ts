import type { LoadProcess } from './load-process.ts'
import { floorName, type Load } from './loads.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import type { Report } from './replay.ts'

/** One load in one round. */
export interface Sample {
  readonly requestsPerSecond: number
  /** Of the requests per second that the floor reached in the same round. */
  readonly ofFloor: number
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
    { name, server, requests }: Load,
    times: { seconds: number; warmUpSeconds: number },
  ) => {
    const { host, port, pid } = server
    const report = await generator.replay({ host, port, pid, requests: requests(), connections, ...times })
    requireAllAnswered(name, report)
    return report
  }
  for (const load of loads) await replay(load, { warmUpSeconds: firstWarmUpSeconds, seconds: 0.1 })
  const rows = loads.map(({ name }) => ({ name, samples: [] as Sample[] }))
  for (let round = 0; round < rounds; round += 1) {
    let floor: Report | undefined
    for (const [index, load] of loads.entries()) {
      const report = await replay(load, { warmUpSeconds, seconds })
      if (load.name === floorName) floor = report
      rows[index]?.samples.push(sampleOf(report, floor ?? report))
    }
  }
  return rows
}

/** A refusal is quicker than an answer, so a run with one has measured something else. */
function requireAllAnswered(name: string, { countByStatus, firstRefusal }: Report): void {
  if (firstRefusal === undefined) return
  throw new Error(`${name}: not every answer was 200 (${JSON.stringify(countByStatus)})\n${firstRefusal}`)
}

function sampleOf(report: Report, floor: Report): Sample {
  const requestsPerSecond = perSecond(report)
  const { answers, serverCpuSeconds } = report
  return {
    requestsPerSecond,
    ofFloor: requestsPerSecond / perSecond(floor),
    ...(serverCpuSeconds === undefined ? {} : { serverMicroseconds: (serverCpuSeconds / answers) * 1e6 }),
    quiet: isQuiet(report) && isQuiet(floor),
    report,
  }
}

const perSecond = ({ answers, seconds }: Report) => answers / seconds

/** A neighbour costs more than the time he takes: he also leaves the caches full of his own. */
const quietCoresMost = 0.12

const isQuiet = ({ otherCores }: Report) => otherCores === undefined || otherCores < quietCoresMost

/** The middle of what the quiet rounds gave, or of all where none was; `NaN` where this machine could not tell. */
export function middle({ samples }: Measured, read: (sample: Sample) => number | undefined): number {
  const quiet = samples.filter((sample) => sample.quiet)
  const counted = quiet.length > 0 ? quiet : samples
  return median(counted.map((sample) => read(sample) ?? Number.NaN))
}
