import { type DecisionCase, decisionsPerSecond } from '../packages/policy/bench/decisions.ts'
import { median } from './median.ts'

/** What one authorization decision of the compiled engine costs, in CPU time. */
export interface DecisionTime {
  readonly name: string
  readonly microseconds: number
}

const samples = 11
const sampleMs = 25

/**
 * Times the engine's cases in turn, so that all see the same compiled code and the same neighbours. CPU time and
 * not the clock: another process may take the core away in the middle.
 */
export function timeDecisions(): readonly DecisionTime[] {
  const cases = decisionsPerSecond()
  const counted = cases.map((each) => ({
    name: each.name,
    run: each.run,
    count: countFor(each),
    times: [] as number[],
  }))
  for (let sample = 0; sample < samples; sample += 1) {
    for (const { run, count, times } of counted) times.push(timeOnce(run, count))
  }
  return counted.map(({ name, times }) => ({ name, microseconds: median(times) }))
}

/** How often to run a case for one sample; finding out also warms it up. */
function countFor({ run }: DecisionCase): number {
  for (let count = 1024; ; count *= 2) {
    if (timeOnce(run, count) * count >= sampleMs * 1000) return count
  }
}

function timeOnce(run: () => void, count: number): number {
  const before = process.cpuUsage()
  for (let index = 0; index < count; index += 1) run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}
