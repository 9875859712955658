import type { AuditTime } from './measure-audit.ts'
import type { LookupTime } from './measure-lookups.ts'
import type { DecisionTime } from './time-decisions.ts'

/** A figure that we want to reach. A run tells whether it did and does not fail, since the machine may be busy. */
export interface Bar {
  readonly name: string
  readonly wanted: string
  readonly measured: number
  /** How many of them, behind the point, are worth printing. */
  readonly digits: number
  readonly met: boolean
}

const microsecondsMax: Readonly<Record<string, number>> = {
  'default key policy and one identity policy': 0.5,
  'key policy of 50 statements': 1,
}

const timesCedarMin = 50

/** What durable audit may cost of the throughput, as the part that is left. */
const auditedShareMin = 0.8

/** The bars of audit; none when it was not measured. */
export function auditBars(audits: readonly AuditTime[], lookups: readonly LookupTime[]): readonly Bar[] {
  return [
    ...audits.slice(1).map(({ name, ofUnaudited: measured }): Bar => {
      const wanted = `≥ ${auditedShareMin} of audit off`
      return { name, wanted, measured, digits: 2, met: measured >= auditedShareMin }
    }),
    ...lookups.map(({ name, firstMs, p99Ms }): Bar => {
      const measured = Math.max(firstMs, p99Ms)
      return {
        name: `LookupEvents ${name}`,
        wanted: `≤ ${lookupMsMax} ms`,
        measured,
        digits: 1,
        met: measured <= lookupMsMax,
      }
    }),
  ]
}

/** The first page among a million records, for 99 of 100 questions. */
const lookupMsMax = 50

/** The bars of the decisions; none when no decision was timed. */
export function barsOf(times: readonly DecisionTime[]): readonly Bar[] {
  return times.flatMap(({ name, microseconds, cedar }) => [
    ...timeBars(name, microseconds),
    ...ratioBars(name, cedar),
  ])
}

function timeBars(name: string, measured: number): readonly Bar[] {
  const most = microsecondsMax[name]
  if (most === undefined) return []
  return [{ name, wanted: `≤ ${most} µs`, measured, digits: 3, met: measured <= most }]
}

function ratioBars(name: string, cedar: DecisionTime['cedar']): readonly Bar[] {
  if (cedar === undefined) return []
  const measured = cedar.ratio
  return [
    { name, wanted: `≥ ${timesCedarMin} × cedar-wasm`, measured, digits: 0, met: measured >= timesCedarMin },
  ]
}
