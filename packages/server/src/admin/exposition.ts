import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { countIn, type Histogram } from '../metrics/histogram.ts'
import type { MetricRow, Sample } from './metric.ts'
import { metricRows } from './metric-rows.ts'
import { type Readings, type Sources, takeReadings } from './readings.ts'

/** Metrics as Prometheus reads them. */
export interface Exposition {
  readonly contentType: string
  write(): Promise<string>
}

/** A value as prom-client writes it. */
interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

/**
 * The only file that knows Prometheus's client. Its own counters are not used: they make an object of labels for every
 * call. It is given what ours say, whenever somebody asks, and writes it beside what it knows of the process.
 */
export function openExposition(sources: Sources): Exposition {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  let readings: Promise<Readings> | undefined
  let underWay: Promise<string> | undefined
  const taken = () => {
    readings ??= takeReadings(sources)
    return readings
  }
  for (const row of metricRows) {
    const { name, type, meaning: help } = row
    const get = async () => ({
      name,
      help,
      type,
      values: valuesOf(row, await taken()),
    })
    registry.registerMetric({ name, get } as unknown as Metric)
  }
  const writeAll = () => {
    readings = takeReadings(sources)
    return registry.metrics()
  }
  return {
    contentType: registry.contentType,
    write() {
      // Whoever asks meanwhile is told the same: many who ask at once cost no more than one.
      underWay ??= writeAll().finally(() => {
        underWay = undefined
      })
      return underWay
    },
  }
}

function valuesOf(row: MetricRow, readings: Readings): readonly Value[] {
  if (row.type === 'histogram')
    return [...row.read(readings)].flatMap((sample) => histogramValues(row, sample))
  return [...row.read(readings)].map(([value, ...values]) => ({ value, labels: labelled(row, values) }))
}

/** A histogram as Prometheus has it: of each bound, how many values are not above it. */
function histogramValues(row: MetricRow, [of, ...values]: Sample<Histogram>): readonly Value[] {
  const labels = labelled(row, values)
  let sum = 0
  const buckets = of.counts.map((count, index) => {
    sum += count
    const le = of.bounds[index] ?? '+Inf'
    return { metricName: `${row.name}_bucket`, value: sum, labels: { ...labels, le } }
  })
  return [
    ...buckets,
    { metricName: `${row.name}_sum`, value: of.sum, labels },
    { metricName: `${row.name}_count`, value: countIn(of), labels },
  ]
}

function labelled({ labels }: MetricRow, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']))
}
