import { arch, availableParallelism, cpus, release, type } from 'node:os'
import type { Bar } from './bars.ts'
import { isGeneratorBound, type Measured, middle, type Sample, spread } from './measure.ts'
import type { AuditTime } from './measure-audit.ts'
import type { KeyUseTime } from './measure-key-uses.ts'
import type { LookupTime } from './measure-lookups.ts'
import type { Overload } from './overload.ts'
import { canPin } from './pinning.ts'
import type { DecisionTime } from './time-decisions.ts'
import type { StepTime } from './time-steps.ts'

type Column = readonly [title: string, read: (sample: Sample) => number | undefined, digits: number]

/** A row for each figure we print of a load, all of them medians over its quiet rounds. */
const columns: readonly Column[] = [
  ['requests/s', (sample) => sample.requestsPerSecond, 0],
  ['of floor', (sample) => sample.ofFloor, 2],
  ['CPU µs', (sample) => sample.serverMicroseconds, 1],
  ['p50 ms', ({ report }) => report.latency.p50 / 1000, 2],
  ['p99 ms', ({ report }) => report.latency.p99 / 1000, 2],
  ['p99.9 ms', ({ report }) => report.latency.p999 / 1000, 2],
  ['RSS MB', ({ report }) => report.serverResidentBytes && report.serverResidentBytes / 1e6, 0],
  ['load idle', ({ report }) => report.idleShare, 2],
  ['not 200', ({ report }) => notOk(report.countByStatus), 0],
]

/** The loads as a table to be read by a person. */
export function loadTable(rows: readonly Measured[]): string {
  return table(
    ['', ...columns.map(([title]) => title), 'spread', 'quiet'],
    rows.map((row) => [
      row.name,
      ...columns.map(([, read, digits]) => shown(middle(row, read), digits)),
      `${shown(spread(row, (sample) => sample.requestsPerSecond) * 100, 0)} %`,
      `${row.samples.filter(({ quiet }) => quiet).length} of ${row.samples.length}`,
    ]),
  )
}

/** What must not be read out of the table. */
export function warnings(rows: readonly Measured[]): readonly string[] {
  const bound = rows.filter(isGeneratorBound).map(({ name }) => name)
  if (bound.length === 0) return []
  return [`The load generator was busy all the time, and is what was measured: ${bound.join('; ')}`]
}

/** What became of a service that got more than it can do. */
export function overloadTable(overloads: readonly Overload[]): string {
  const mb = (bytes: number) => shown(bytes / 1e6, 0)
  return table(
    [
      'twice the capacity',
      ...[
        'for s',
        'peak/s',
        'sent/s',
        'good/s',
        'of peak',
        'CPU µs at peak',
        'CPU µs',
        'refused/s',
        'given up/s',
        'p50 ms',
        'p99 ms',
      ],
      ...['RSS MB start', 'most', 'end'],
    ],
    overloads.map((one) => [
      one.name,
      ...[one.seconds, one.peak, one.offered, one.good].map((value) => shown(value, 0)),
      shown(one.ofPeak, 2),
      ...[one.peakMicroseconds, one.microseconds].map((value) => shown(value, 1)),
      ...[one.refused, one.givenUp].map((value) => shown(value, 0)),
      ...[one.p50, one.p99].map((value) => shown(value / 1000, 1)),
      ...[one.residentBytes.start, one.residentBytes.most, one.residentBytes.end].map(mb),
    ]),
  )
}

/** Uses of keys beside the bare call: how much of each request is the service, and how much cannot be saved. */
export function keyUseTable(times: readonly KeyUseTime[]): string {
  return table(
    ['', 'requests/s', 'CPU µs', 'node:crypto µs', 'of it the service'],
    times.map(({ name, requestsPerSecond, microseconds, rawMicroseconds, serviceShare }) => [
      name,
      shown(requestsPerSecond, 0),
      shown(microseconds, 1),
      shown(rawMicroseconds ?? Number.NaN, 1),
      shown(serviceShare ?? Number.NaN, 2),
    ]),
  )
}

/** What it costs that every answer waits for its record. */
export function auditTable(times: readonly AuditTime[]): string {
  return table(
    ['', 'requests/s', 'CPU µs', 'of audit off'],
    times.map(({ name, requestsPerSecond, microseconds, ofUnaudited }) => [
      name,
      shown(requestsPerSecond, 0),
      shown(microseconds, 1),
      shown(ofUnaudited, 2),
    ]),
  )
}

/** How long somebody waits who looks something up. */
export function lookupTable(times: readonly LookupTime[]): string {
  return table(
    ['LookupEvents, first page of 1,000,000 records', 'first ms', 'median ms', 'p99 ms'],
    times.map(({ name, firstMs, medianMs, p99Ms }) => [
      name,
      shown(firstMs, 1),
      shown(medianMs, 1),
      shown(p99Ms, 1),
    ]),
  )
}

export function decisionTable(times: readonly DecisionTime[]): string {
  return table(
    ['decision', 'CPU µs', 'decisions/s', 'cedar-wasm µs', 'times cedar-wasm'],
    times.map(({ name, microseconds, cedar }) => [
      name,
      shown(microseconds, 3),
      shown(1e6 / microseconds, 0),
      shown(cedar?.microseconds ?? Number.NaN, 1),
      shown(cedar?.ratio ?? Number.NaN, 0),
    ]),
  )
}

/** Where the time of a call goes, step by step. */
export function stepTable(times: readonly StepTime[]): string {
  return table(
    ['step', 'CPU µs', 'least µs'],
    times.map(({ name, microseconds, least }) => [name, shown(microseconds, 2), shown(least, 2)]),
  )
}

/** What we want of the decisions, beside what they are. */
export function barTable(bars: readonly Bar[]): string {
  return table(
    ['bar', 'wanted', 'measured', ''],
    bars.map(({ name, wanted, measured, digits, met }) => [
      name,
      wanted,
      shown(measured, digits),
      met ? 'met' : 'not met',
    ]),
  )
}

/** What the figures were measured on, without which they say nothing. */
export function machine(): string {
  const model = cpus()[0]?.model ?? arch()
  const pinning = canPin ? 'server and load on a core each' : 'nothing pinned to a core'
  return `${availableParallelism()} × ${model}, ${type()} ${release()}, Node ${process.versions.node}, ${pinning}`
}

function notOk(countByStatus: Readonly<Record<string, number>>): number {
  const counts = Object.entries(countByStatus).map(([status, count]) => (status === '200' ? 0 : count))
  return counts.reduce((sum, count) => sum + count, 0)
}

function shown(value: number, digits: number): string {
  if (Number.isNaN(value)) return '–'
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd()
  return [titles, ...rows].map(line).join('\n')
}
