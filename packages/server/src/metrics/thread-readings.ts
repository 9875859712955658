import type { CacheReading } from './counted-cache.ts'
import type { Histogram } from './histogram.ts'
import type { LayerCounts, Meter, OperationCounts } from './meter.ts'

/** What is read off a meter. */
export type MeterReadings = {
  readonly operations: readonly OperationCounts[]
  readonly decisions: readonly LayerCounts[]
  readonly refusalsByState: ReadonlyMap<string, number>
  readonly unreadByReason: ReadonlyMap<string, number>
  readonly traffic: ReturnType<Meter['traffic']>
}

/** What one thread that serves has to tell of itself: plain data, fit to be sent to another. */
export interface ThreadReadings {
  readonly meter: MeterReadings
  readonly caches: readonly CacheReading[]
  readonly workerThreads: number
  readonly waitingTasks: Readonly<Record<string, number>>
  readonly connections: number
}

export function readMeter(meter: Meter): MeterReadings {
  return {
    operations: meter.operations().map(({ service, name, ok, refused, durations }) => {
      return { service, name, ok, refused, durations }
    }),
    decisions: meter.decisions(),
    refusalsByState: meter.refusalsByState(),
    unreadByReason: meter.unreadByReason(),
    traffic: meter.traffic(),
  }
}

/** What several threads have to tell, as if they were one. */
export function addUp(all: readonly ThreadReadings[]): ThreadReadings {
  const meters = all.map(({ meter }) => meter)
  return {
    meter: {
      operations: joined(
        meters.flatMap(({ operations }) => operations),
        ({ service, name }) => `${service} ${name}`,
        (one, other) => ({
          ...one,
          ok: one.ok + other.ok,
          refused: sum([one.refused, other.refused]),
          durations: together(one.durations, other.durations),
        }),
      ),
      decisions: joined(
        meters.flatMap(({ decisions }) => decisions),
        ({ layer }) => layer,
        (one, other) => ({
          layer: one.layer,
          Allow: one.Allow + other.Allow,
          ExplicitDeny: one.ExplicitDeny + other.ExplicitDeny,
          ImplicitDeny: one.ImplicitDeny + other.ImplicitDeny,
        }),
      ),
      refusalsByState: sum(meters.map((each) => each.refusalsByState)),
      unreadByReason: sum(meters.map((each) => each.unreadByReason)),
      traffic: {
        inFlight: total(meters, ({ traffic }) => traffic.inFlight),
        requestBytes: total(meters, ({ traffic }) => traffic.requestBytes),
        responseBytes: total(meters, ({ traffic }) => traffic.responseBytes),
      },
    },
    caches: joined(
      all.flatMap(({ caches }) => caches),
      ({ name }) => name,
      (one, other) => ({
        name: one.name,
        hits: one.hits + other.hits,
        misses: one.misses + other.misses,
        size: one.size === undefined ? other.size : one.size + (other.size ?? 0),
      }),
    ),
    workerThreads: total(all, ({ workerThreads }) => workerThreads),
    waitingTasks: Object.fromEntries(
      sum(all.map(({ waitingTasks }) => new Map(Object.entries(waitingTasks)))),
    ),
    connections: total(all, ({ connections }) => connections),
  }
}

/** What is left of a thread that has ended: what it had counted, and nothing of what it had then. */
export function pastOf({ meter, caches }: ThreadReadings): ThreadReadings {
  return {
    meter: { ...meter, traffic: { ...meter.traffic, inFlight: 0 } },
    caches: caches.map((cache) => ({ ...cache, size: undefined })),
    workerThreads: 0,
    waitingTasks: {},
    connections: 0,
  }
}

const total = <Each>(all: readonly Each[], of: (each: Each) => number) =>
  all.reduce((sofar, each) => sofar + of(each), 0)

function sum(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const summed = new Map<string, number>()
  for (const map of maps) for (const [name, count] of map) summed.set(name, (summed.get(name) ?? 0) + count)
  return summed
}

/** Histograms of the same thing have the same bounds. */
function together(one: Histogram, other: Histogram): Histogram {
  const counts = one.counts.map((count, index) => count + (other.counts[index] ?? 0))
  return { ...one, counts, sum: one.sum + other.sum }
}

function joined<Each>(
  all: readonly Each[],
  nameOf: (each: Each) => string,
  join: (one: Each, other: Each) => Each,
): readonly Each[] {
  const byName = new Map<string, Each>()
  for (const each of all) {
    const before = byName.get(nameOf(each))
    byName.set(nameOf(each), before === undefined ? each : join(before, each))
  }
  return [...byName.values()]
}
