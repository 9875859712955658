import type { Histogram } from '../metrics/histogram.ts'
import type { Readings } from './readings.ts'

/** Labels' values, in the order of their names. */
type Values = readonly string[]

/** One number, or one histogram, with its labels. */
export type Sample<V> = readonly [value: V, ...labels: Values]

interface Row<V> {
  readonly name: string
  readonly labels: readonly string[]
  /** What it tells whoever operates the service; the help text of the metric and its line in the reference. */
  readonly meaning: string
  readonly read: (readings: Readings) => Iterable<Sample<V>>
}

export interface CounterRow extends Row<number> {
  readonly type: 'counter'
}
export interface GaugeRow extends Row<number> {
  readonly type: 'gauge'
}
export interface HistogramRow extends Row<Histogram> {
  readonly type: 'histogram'
}

/** One metric: its name, what it means, and how it is read. */
export type MetricRow = CounterRow | GaugeRow | HistogramRow

type Columns<V> = readonly [
  name: string,
  labels: string,
  meaning: string,
  read: (readings: Readings) => Iterable<Sample<V>>,
]

/** Only goes up. */
export function counter(...columns: Columns<number>): CounterRow {
  return { type: 'counter', ...rowOf(columns) }
}

/** Goes up and down. */
export function gauge(...columns: Columns<number>): GaugeRow {
  return { type: 'gauge', ...rowOf(columns) }
}

/** How often something was how large. */
export function histogram(...columns: Columns<Histogram>): HistogramRow {
  return { type: 'histogram', ...rowOf(columns) }
}

function rowOf<V>([name, labels, meaning, read]: Columns<V>): Row<V> {
  return { name: `claviger_${name}`, labels: labels === '' ? [] : labels.split(' '), meaning, read }
}

/** The one sample of a metric without labels; none for what could not be read. */
export function single<V>(value: V | undefined): readonly Sample<V>[] {
  return value === undefined ? [] : [[value]]
}
