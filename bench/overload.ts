import type { LoadProcess } from './load-process.ts'
import type { Load } from './loads.ts'
import { median } from './median.ts'
import type { Report } from './replay.ts'

/** What became of a service that got more than it can do. */
export interface Overload {
  readonly name: string
  /** Answers a second in a closed loop, before and after. */
  readonly peak: number
  /** Requests a second that were sent, whatever was answered. */
  readonly offered: number
  readonly seconds: number
  /** Answers with 200 a second, and what part of the peak that is. */
  readonly good: number
  readonly ofPeak: number
  /**
   * CPU time of the server for one good answer, refusals and all, in the closed loop and under overload: on a machine
   * with neighbours it says more than counts of answers do.
   */
  readonly peakMicroseconds: number
  readonly microseconds: number
  /** A second, answered with a refusal. */
  readonly refused: number
  /** A second, whose senders gave up before there was a connection for them. */
  readonly givenUp: number
  /** Of what was answered with 200, from when it was due. */
  readonly p50: number
  readonly p99: number
  /** The server's memory when it began (after the first tenth), at most, and in the end. */
  readonly residentBytes: { readonly start: number; readonly most: number; readonly end: number }
  readonly report: Report
}

/** Connections of the closed loop that finds the peak, and of the open one: everybody who comes has one. */
const peakConnections = 256
const connections = 4096
const peakSeconds = 5
const warmUpSeconds = 2

/** How much more comes than can be answered. */
const times = 2

/**
 * Sends twice as many requests as the server can answer, for a minute, and does not wait for answers in between. What
 * is wanted: nearly as many good answers as ever, refusals for the others, and no more memory in the end than at first.
 */
export async function measureOverload(
  load: Load,
  generator: LoadProcess,
  seconds: number,
): Promise<Overload> {
  const { host, port, isTls = false, pid } = load.server
  const replay = (order: { seconds: number; connections: number; rate?: number }) =>
    generator.replay({ host, port, isTls, pid, requests: load.requests(), warmUpSeconds, ...order })
  const peakOf = () => replay({ seconds: peakSeconds, connections: peakConnections })
  const before = await peakOf()
  const rate = (before.good / before.seconds) * times
  const report = await replay({ seconds, connections, rate })
  const peaks = [before, await peakOf()]
  const peak = median(peaks.map((each) => each.good / each.seconds))
  const good = report.good / report.seconds
  const { residentBytes } = report
  const settled = residentBytes.slice(Math.floor(residentBytes.length / 10))
  return {
    name: load.name,
    peak,
    offered: rate,
    seconds: report.seconds,
    good,
    ofPeak: good / peak,
    peakMicroseconds: median(peaks.map(microsecondsIn)),
    microseconds: microsecondsIn(report),
    refused: (report.answers - report.good) / report.seconds,
    givenUp: report.givenUp / report.seconds,
    p50: report.latency.p50,
    p99: report.latency.p99,
    residentBytes: {
      start: settled[0] ?? Number.NaN,
      most: Math.max(...settled),
      end: settled.at(-1) ?? Number.NaN,
    },
    report,
  }
}

function microsecondsIn({ serverCpuSeconds = Number.NaN, good }: Report): number {
  return (serverCpuSeconds / good) * 1e6
}
