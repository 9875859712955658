import { type DecisionCase, decisionCases } from '../packages/policy/bench/decisions.ts'
import { cedarDecisionCases } from './cedar-decisions.ts'
import { median } from './median.ts'

/** What one authorization decision of the compiled engine costs, in CPU time. */
export interface DecisionTime {
  readonly name: string
  readonly microseconds: number
  /** What the same decision costs cedar-wasm, for the cases that are written in Cedar as well. */
  readonly cedar?: {
    readonly microseconds: number
    /** How many decisions we make in the time of one of Cedar's; the middle of the samples' ratios. */
    readonly ratio: number
  }
}

const samples = 11
const sampleMs = 25
/** WebAssembly is compiled for speed only after hundreds of milliseconds; cold, it would be compared unfairly. */
const warmUpMs = 500

/**
 * Times the cases of both engines in turn, so that all see the same compiled code and the same neighbours. CPU time
 * and not the clock: another process may take the core away in the middle.
 */
export function timeDecisions(): readonly DecisionTime[] {
  const pairs = pairedCases().map(({ own, cedar }) => ({ own: timed(own), cedar: cedar && timed(cedar) }))
  for (let sample = 0; sample < samples; sample += 1) {
    for (const { own, cedar } of pairs) {
      takeSample(own)
      if (cedar !== undefined) takeSample(cedar)
    }
  }
  return pairs.map(({ own, cedar }) => {
    const time = { name: own.decision.name, microseconds: median(own.times) }
    return cedar === undefined ? time : { ...time, cedar: compared(own, cedar) }
  })
}

interface Timed {
  readonly decision: DecisionCase
  /** How often it is made for one sample. */
  readonly count: number
  readonly times: number[]
}

/** Each case, and the one of Cedar that goes by its name, after both have shown that they decide alike. */
function pairedCases(): readonly { own: DecisionCase; cedar: DecisionCase | undefined }[] {
  const cedarByName = new Map(cedarDecisionCases().map((each) => [each.name, each]))
  const pairs = decisionCases().map((own) => ({ own, cedar: cedarByName.get(own.name) }))
  for (const { own, cedar } of pairs) {
    requireDecision('claviger', own, own.wanted)
    if (cedar !== undefined) requireDecision('cedar-wasm', cedar, own.wanted)
    cedarByName.delete(own.name)
  }
  for (const name of cedarByName.keys()) throw new Error(`only Cedar has the case \`${name}\``)
  return pairs
}

function requireDecision(engine: string, { name, decide }: DecisionCase, wanted: string): void {
  const decided = decide()
  if (decided !== wanted) throw new Error(`\`${name}\` is ${decided} by ${engine}, and not ${wanted}`)
}

function timed(decision: DecisionCase): Timed {
  return { decision, count: countFor(decision), times: [] }
}

/** How often to make a decision for one sample; finding out also warms it up. */
function countFor({ decide }: DecisionCase): number {
  let count = 64
  let spentMs = 0
  for (;;) {
    const tookMs = (timeOnce(decide, count) * count) / 1000
    spentMs += tookMs
    if (tookMs < sampleMs) count *= 2
    else if (spentMs >= warmUpMs) return count
  }
}

function takeSample({ decision, count, times }: Timed): void {
  times.push(timeOnce(decision.decide, count))
}

function timeOnce(decide: () => unknown, count: number): number {
  const before = process.cpuUsage()
  for (let index = 0; index < count; index += 1) decide()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

function compared(own: Timed, cedar: Timed): NonNullable<DecisionTime['cedar']> {
  const ratios = own.times.map((time, sample) => (cedar.times[sample] ?? Number.NaN) / time)
  return { microseconds: median(cedar.times), ratio: median(ratios) }
}
