import { extname } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { Touched } from '../catalog/touched.ts'
import { addUp, pastOf, type ThreadReadings } from '../metrics/thread-readings.ts'
import { Commits } from './commits.ts'
import { Line } from './line.ts'
import type { Beginning, Listening, OwnerAnswers, WorkerAnswers } from './messages.ts'
import { releaseAll, type SharedMemory } from './shared-memory.ts'

export interface WorkersSettings {
  readonly count: number
  /** What each is told when it begins, but for what is its own. */
  readonly beginning: Omit<Beginning, 'thread' | 'workers' | 'endpointPorts'>
  readonly answers: OwnerAnswers
  readonly log: Logger
}

/** A thread that serves, and what is said with it. */
interface Serving {
  readonly thread: number
  readonly worker: Worker
  readonly line: Line<WorkerAnswers>
  readonly ended: Promise<void>
  /** Whether it has begun: before, it has no calls that anybody waits for. */
  hasBegun: boolean
  lastRead?: ThreadReadings | undefined
}

/** How long a worker must have served that another is begun at once when it ends; else there is a pause before. */
const steadyMs = 10_000
const pauseMs = 1000

/** Run from its sources this file ends in .ts and so does a worker's; built, both end in .js. */
const extension = extname(import.meta.url)

/** Who runs the sources finds those of other packages by a condition, which threads do not take over by themselves. */
const execArgv = extension === '.ts' ? [...process.execArgv, '--conditions=source'] : process.execArgv

/** How long a worker is waited for that should only have to look something up, or to answer the last calls. */
const tellingMs = 1000
const closingMs = 35_000

/** The threads that serve, at the same addresses. One that ends, for whatever reason, is replaced. */
export class Workers {
  readonly #settings: WorkersSettings
  readonly #commits: Commits
  readonly #serving = new Set<Serving>()
  readonly #replacing = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #listening: Listening | undefined
  /** What threads that have ended had counted. */
  #past: ThreadReadings | undefined
  #begun = 0

  constructor(settings: WorkersSettings) {
    this.#settings = settings
    this.#commits = new Commits(settings.beginning.memory.commits)
  }

  /**
   * Starts them all, and resolves when one serves: it may have had to find out at which port. The others follow while
   * it answers already.
   *
   * @throws CannotStart
   */
  async start(): Promise<void> {
    await this.#begin()
    for (let number = 2; number <= this.#settings.count; number += 1) this.#replaceAfter(0)
  }

  /** Resolves when all of them serve that are to. */
  async allServe(): Promise<void> {
    while (this.#replacing.size > 0) await Promise.all(this.#replacing)
  }

  /** What all threads see at once. */
  get memory(): SharedMemory {
    return this.#settings.beginning.memory
  }

  get url(): string {
    return this.#listening?.url ?? ''
  }

  get endpointUrls(): ReadonlyMap<string, string> {
    return this.#listening?.endpointUrls ?? new Map()
  }

  /** The threads that serve now, the oldest first. */
  get threads(): readonly Worker[] {
    return [...this.#serving].map(({ worker }) => worker)
  }

  /**
   * What each of them has counted so far. Of one that has ended, or does not answer, it is what was read last: no count
   * ever goes back.
   */
  async readings(): Promise<readonly ThreadReadings[]> {
    await Promise.allSettled(
      [...this.#serving].map(async (serving) => {
        if (!serving.hasBegun) return
        serving.lastRead = (await soon(serving.line.ask('read'), tellingMs)) ?? serving.lastRead
      }),
    )
    const past = this.#past === undefined ? [] : [this.#past]
    return [...[...this.#serving].flatMap(({ lastRead }) => lastRead ?? []), ...past]
  }

  /** None of its own: each of them tells how many it has. */
  connections(): number {
    return 0
  }

  /** Has all of them forget what a commit has changed before they look at another request. */
  forget(touched: readonly Touched[]): void {
    for (const { line } of this.#serving) line.tell('forget', touched)
    this.#commits.add()
  }

  /** Has denials that wait somewhere to be stored stored now. */
  async settleDenials(): Promise<void> {
    await Promise.allSettled([...this.#serving].map(({ line }) => line.ask('settleDenials')))
  }

  /** Has the calls under way answered, then ends the threads. */
  async close(): Promise<void> {
    this.#closing.abort()
    for (const { hasBegun, worker } of this.#serving) if (!hasBegun) void worker.terminate()
    await Promise.all(this.#replacing)
    await Promise.all(
      [...this.#serving].map(async ({ line, worker, ended }) => {
        // One that ends meanwhile has no calls under way; one that hangs would answer none.
        await soon(line.ask('close'), closingMs).catch(() => undefined)
        await worker.terminate()
        await ended
      }),
    )
  }

  async #begin(): Promise<void> {
    const serving = this.#spawn()
    try {
      const listening = await serving.line.ask('begin', this.#beginningOf(serving.thread))
      this.#listening ??= listening
      serving.hasBegun = true
    } catch (error) {
      await serving.worker.terminate()
      throw error
    }
    let isSteady = false
    setTimeout(() => {
      isSteady = true
    }, steadyMs).unref()
    void serving.ended.then(() => {
      if (!this.#closing.signal.aborted) this.#replaceAfter(isSteady ? 0 : pauseMs)
    })
  }

  #replaceAfter(firstPauseMs: number): void {
    const replacing = this.#replace(firstPauseMs).finally(() => this.#replacing.delete(replacing))
    this.#replacing.add(replacing)
  }

  #spawn(): Serving {
    const { answers, log } = this.#settings
    this.#begun += 1
    const thread = this.#begun
    const name = `claviger-worker-${thread}`
    const worker = new Worker(new URL(`../worker${extension}`, import.meta.url), { name, execArgv })
    const line = new Line<WorkerAnswers>(worker, answers, (err) =>
      log.error({ err }, 'a worker was not heard'),
    )
    worker.on('error', (err) => log.error({ err }, `${name} has failed; another takes its place`))
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        this.#serving.delete(serving)
        this.#keepPast(serving)
        releaseAll(this.#settings.beginning.memory, thread)
        line.end(new Error(`${name} has ended`))
        resolve()
      })
    })
    const serving: Serving = { thread, worker, line, ended, hasBegun: false }
    // From here on it is told of commits: what it reads from the store is never older than what it has heard of.
    this.#serving.add(serving)
    return serving
  }

  #keepPast({ lastRead }: Serving): void {
    if (lastRead === undefined) return
    this.#past = addUp([pastOf(lastRead), ...(this.#past === undefined ? [] : [this.#past])])
  }

  /** Begins one more, in the place of one that has ended or has not been yet, until that succeeds. */
  async #replace(firstPauseMs: number): Promise<void> {
    for (let pause = firstPauseMs; !this.#closing.signal.aborted; pause = pauseMs) {
      const { signal } = this.#closing
      if (pause > 0) await after(pause, undefined, { signal, ref: false }).catch(() => undefined)
      if (this.#closing.signal.aborted) return
      try {
        await this.#begin()
        return
      } catch (err) {
        if (this.#closing.signal.aborted) return
        this.#settings.log.error({ err }, 'a worker could not be begun; it is tried again')
      }
    }
  }

  #beginningOf(thread: number): Beginning {
    const { beginning, count } = this.#settings
    const { url, endpointUrls } = this.#listening ?? {}
    const { settings } = beginning
    const listen = url === undefined ? settings.listen : { ...settings.listen, port: portIn(url) }
    return {
      ...beginning,
      settings: { ...settings, listen },
      endpointPorts: new Map([...(endpointUrls ?? [])].map(([id, each]) => [id, portIn(each)])),
      thread,
      workers: count,
    }
  }
}

/** What comes of something, if it comes in time. */
function soon<Result>(coming: Promise<Result>, patienceMs: number): Promise<Result | undefined> {
  return Promise.race([coming, after(patienceMs, undefined, { ref: false })])
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** URLs leave out the port that is their protocol's own. */
function portIn(url: string): number {
  const { port, protocol } = new URL(url)
  return port === '' ? (defaultPorts[protocol] ?? 0) : Number(port)
}
