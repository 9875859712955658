import { type Answer, type Connection, openConnection } from './connection.ts'
import { createHistogram } from './histogram.ts'
import { findMachineSeconds, findUsage } from './usage.ts'

/**
 * The load generator, a process of its own: takes an order with ready-made requests, replays them over keep-alive
 * connections with one request in flight on each, and reports. In a closed loop the next request goes out when an answer
 * has come in; in an open loop requests go out at a rate, whatever is answered.
 *
 * While it runs it never sleeps. A sleeping client has to be woken by the server for every answer, and between
 * the cores of a virtual machine that costs the server more than some answers do.
 */

export interface Order {
  readonly host: string
  readonly port: number
  readonly isTls?: boolean
  /** The server's, to be asked for its CPU time at the very start and end of what is measured. */
  readonly pid?: number | undefined
  readonly requests: readonly Uint8Array[]
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Requests a second in an open loop; a closed one without it. */
  readonly rate?: number
}

export interface Report {
  /** Answers within the measured time, and that time. */
  readonly answers: number
  readonly seconds: number
  /** Every answer from the first to the last, by status code. */
  readonly countByStatus: Readonly<Record<string, number>>
  /** The first answer that was not a 200, in full. */
  readonly firstRefusal?: string
  /** Of answers with 200, in an open loop from when the request was due. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly p999: number }
  /** Answers with 200 within the measured time. */
  readonly good: number
  /** Requests of an open loop that no connection was free for within a second: their senders have given up. */
  readonly givenUp: number
  /** The server's memory, second by second. */
  readonly residentBytes: readonly number[]
  /** The part of the measured time that went by without an answer to read: what the generator had to spare. */
  readonly idleShare: number
  readonly serverCpuSeconds?: number
  readonly serverResidentBytes?: number
  /** Cores that neither server nor generator used, but somebody did. */
  readonly otherCores?: number
}

process.on('message', (order: Order) => {
  replay(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`replay: ${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})

async function replay(order: Order): Promise<Report> {
  const run = new Run(order)
  await run.open()
  await run.spin(order.warmUpSeconds)
  const before = readSpent(order.pid)
  run.measure()
  await run.spin(order.seconds)
  run.finish()
  const after = readSpent(order.pid)
  await run.drain()
  return { ...run.report(), ...spentBetween(before, after) }
}

/** How long whoever sends in an open loop waits for a connection, in milliseconds. */
const patienceMs = 1000

/** A connection and the request that is in flight on it. */
interface Sender {
  send(dueMs: number): void
}

/** One order being carried out: its connections and what they have counted so far. */
class Run {
  readonly #order: Order
  readonly #connections: Connection[] = []
  readonly #idle: Sender[] = []
  readonly #countByStatus = new Map<number, number>()
  #firstRefusal: string | undefined
  #failure: Error | undefined
  #next = 0
  #inFlight = 0
  #state: 'warming up' | 'measuring' | 'ending' = 'warming up'
  #histogram = createHistogram()
  #answers = 0
  #good = 0
  #givenUp = 0
  #dueMs = 0
  #answersThisTurn = 0
  #idleMs = 0
  #startMs = 0
  #endMs = 0
  #residentBytes: number[] = []

  constructor(order: Order) {
    this.#order = order
  }

  async open(): Promise<void> {
    for (let index = 0; index < this.#order.connections; index += 1) this.#idle.push(await this.#openOne())
    this.#dueMs = performance.now()
    if (this.#order.rate === undefined) for (const sender of this.#idle.splice(0)) sender.send(this.#dueMs)
  }

  async #openOne(): Promise<Sender> {
    let sentMs = 0
    const sender: Sender = {
      send: (dueMs) => {
        const request = this.#order.requests[this.#next++ % this.#order.requests.length]
        this.#inFlight += 1
        sentMs = dueMs
        connection.send(request ?? new Uint8Array())
      },
    }
    const connection = await openConnection(this.#order, {
      answered: (answer) => {
        this.#count(answer, sentMs)
        if (this.#state === 'ending') return
        if (this.#order.rate === undefined) sender.send(performance.now())
        else this.#idle.push(sender)
      },
      failed: (cause) => {
        this.#failure ??= cause
      },
    })
    this.#connections.push(connection)
    return sender
  }

  /** Polls for answers without a pause. Turns that brought none are what the generator had to spare. */
  spin(seconds: number): Promise<void> {
    const endMs = performance.now() + seconds * 1000
    let turnMs = performance.now()
    return new Promise((resolve, reject) => {
      const turn = () => {
        const now = performance.now()
        if (this.#answersThisTurn === 0) this.#idleMs += now - turnMs
        this.#answersThisTurn = 0
        turnMs = now
        if (this.#state !== 'ending') this.#sendDue(now)
        this.#watch(now)
        if (this.#failure !== undefined) reject(this.#failure)
        else if (now >= endMs) resolve()
        else setImmediate(turn)
      }
      setImmediate(turn)
    })
  }

  /** Sends what is due by now in an open loop, as far as there are connections. */
  #sendDue(now: number): void {
    const { rate } = this.#order
    if (rate === undefined) return
    const apartMs = 1000 / rate
    for (; this.#dueMs <= now; this.#dueMs += apartMs) {
      const sender = this.#idle.pop()
      if (sender !== undefined) sender.send(this.#dueMs)
      else if (now - this.#dueMs > patienceMs) this.#givenUp += 1
      else return
    }
  }

  #watch(now: number): void {
    if (this.#state !== 'measuring' || now < this.#startMs + this.#residentBytes.length * 1000) return
    const usage = this.#order.pid === undefined ? undefined : findUsage(this.#order.pid)
    this.#residentBytes.push(usage?.residentBytes ?? Number.NaN)
  }

  measure(): void {
    this.#histogram = createHistogram()
    this.#answers = 0
    this.#good = 0
    this.#givenUp = 0
    this.#idleMs = 0
    this.#state = 'measuring'
    this.#startMs = performance.now()
  }

  finish(): void {
    this.#endMs = performance.now()
    this.#state = 'ending'
  }

  async drain(): Promise<void> {
    while (this.#inFlight > 0 && this.#failure === undefined) await this.spin(0.001)
    for (const connection of this.#connections) connection.close()
    if (this.#failure !== undefined) throw this.#failure
  }

  report(): Report {
    const { percentile } = this.#histogram
    const elapsedMs = this.#endMs - this.#startMs
    return {
      answers: this.#answers,
      seconds: elapsedMs / 1000,
      countByStatus: Object.fromEntries(this.#countByStatus),
      ...(this.#firstRefusal === undefined ? {} : { firstRefusal: this.#firstRefusal }),
      latency: { p50: percentile(0.5), p99: percentile(0.99), p999: percentile(0.999) },
      good: this.#good,
      givenUp: this.#givenUp,
      residentBytes: this.#residentBytes,
      idleShare: this.#idleMs / elapsedMs,
    }
  }

  #count({ status, bytes }: Answer, sentMs: number): void {
    this.#inFlight -= 1
    this.#answersThisTurn += 1
    this.#countByStatus.set(status, (this.#countByStatus.get(status) ?? 0) + 1)
    if (status !== 200) this.#firstRefusal ??= bytes.toString()
    if (this.#state !== 'measuring') return
    this.#answers += 1
    if (status !== 200) return
    this.#good += 1
    this.#histogram.record((performance.now() - sentMs) * 1000)
  }
}

function readSpent(serverPid: number | undefined) {
  return {
    server: serverPid === undefined ? undefined : findUsage(serverPid),
    own: findUsage(process.pid),
    machine: findMachineSeconds(),
    ms: performance.now(),
  }
}

type Spent = ReturnType<typeof readSpent>

function spentBetween(before: Spent, after: Spent): Partial<Report> {
  if (before.server === undefined || after.server === undefined) return {}
  const serverCpuSeconds = after.server.cpuSeconds - before.server.cpuSeconds
  const ownSeconds = (after.own?.cpuSeconds ?? 0) - (before.own?.cpuSeconds ?? 0)
  const machineSeconds = (after.machine ?? 0) - (before.machine ?? 0)
  const otherSeconds = machineSeconds - serverCpuSeconds - ownSeconds
  return {
    serverCpuSeconds,
    serverResidentBytes: after.server.residentBytes,
    otherCores: Math.max(0, otherSeconds) / ((after.ms - before.ms) / 1000),
  }
}
