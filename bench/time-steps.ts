import { furnishedHouse } from './furnished-house.ts'
import { median } from './median.ts'
import { stepsOf } from './steps.ts'

/** What one step of a call costs, or a whole call without network and disk, in CPU time. */
export interface StepTime {
  readonly name: string
  /** The quickest sample: what the step costs when no neighbour has emptied the caches. */
  readonly least: number
  readonly microseconds: number
}

const samples = 31
const countPerSample = 800

/** Times every step in turns, so that all see the same neighbours. CPU time of all threads: garbage is part of a step. */
export async function timeSteps(): Promise<readonly StepTime[]> {
  const steps = await stepsOf(await furnishedHouse())
  const times = steps.map((): number[] => [])
  for (let sample = -12; sample < samples; sample += 1) {
    for (const [index, { run }] of steps.entries()) {
      const before = process.cpuUsage()
      await run(countPerSample)
      const { user, system } = process.cpuUsage(before)
      // The first ones only warm up.
      if (sample >= 0) times[index]?.push((user + system) / countPerSample)
    }
  }
  return steps.map(({ name }, index) => {
    const taken = times[index] ?? []
    return { name, least: Math.min(...taken), microseconds: median(taken) }
  })
}
