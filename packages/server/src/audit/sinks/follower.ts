import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../../base/chance.ts'
import type { Clock } from '../../base/clock.ts'
import { JournalReader } from '../file/journal-reader.ts'
import type { Journal } from '../journal.ts'
import type { EventRecord } from '../ledger.ts'
import { beginning, CursorFile } from './cursor-file.ts'
import type { Shipment, Sink, SinkStatus } from './sink.ts'

/** How long to wait after one failure, and after many in a row. */
export interface Patience {
  readonly firstMs: number
  readonly mostMs: number
}

/** What every follower of a journal needs. */
export interface Following {
  readonly journal: Pick<Journal, 'length' | 'lastSequence'>
  /** Where its files are. */
  readonly directory: string
  readonly clock: Clock
  readonly chance: Chance
  /** Told of what the people who run the service should know, and when all is well again. */
  readonly onProblem: (problem: string, cause?: unknown) => void
  readonly onRecovered: (sink: string) => void
  readonly patience?: Patience
}

/** How long a power failure may set the cursor back. */
const syncEveryMs = 1000

/**
 * How long to rest for each record that was sent while there are more: about twice what it takes to look at one, so that
 * who comes back after a long time is brought some 20,000 a second, and those who use keys do not notice.
 */
const breathMs = 0.03

/** How long the last records may take when the service ends; what does not make it goes out after the next start. */
const farewellMs = 2000

/** A receiver that says when it wants to be asked again. */
export class Later extends Error {
  override readonly name = 'Later'
  readonly waitMs: number

  constructor(message: string, waitMs: number) {
    super(message)
    this.waitMs = waitMs
  }
}

/**
 * Brings one sink what the journal has, in order and at least once, however long its receiver is away. It reads what
 * it sends from the journal's files, so that a backlog needs no memory, and nobody who uses keys waits for it.
 */
export class Follower {
  readonly #sink: Sink
  readonly #cursor: CursorFile
  readonly #reader: JournalReader
  readonly #following: Following
  readonly #ending = new AbortController()
  #farewell: AbortSignal | undefined
  readonly #running: Promise<void>
  #isPlaced = false
  /** Read, and not taken yet. */
  #shipment: Shipment | undefined
  #takenAt: number
  /** Since when it is behind, while what it is behind with was not read. */
  #behindSince: number | undefined
  #isMoving = false
  #failuresInRow = 0
  #syncedAt = 0
  #sent = 0
  #failures = 0
  #lastTakenAt: number | undefined
  #lastError: string | undefined

  private constructor(sink: Sink, cursor: CursorFile, following: Following) {
    this.#sink = sink
    this.#cursor = cursor
    this.#following = following
    this.#reader = new JournalReader(following.directory, () => following.journal.length())
    this.#takenAt = following.clock.now()
    this.#running = this.#run()
  }

  /** @param cursorPath the file that says how far the sink has come; made when it is not there */
  static async open(sink: Sink, cursorPath: string, following: Following): Promise<Follower> {
    return new Follower(sink, await CursorFile.open(cursorPath), following)
  }

  get name(): string {
    return this.#sink.name
  }

  /** The last line that the sink has taken for good. */
  get takenUpTo(): number {
    return this.#cursor.cursor.taken.sequence
  }

  status(): SinkStatus {
    const lagRecords = Math.max(0, this.#following.journal.lastSequence() - this.takenUpTo)
    const since = oldestIn(this.#shipment) ?? this.#behindSince
    const lagMs = since === undefined || lagRecords === 0 ? 0 : this.#following.clock.now() - since
    return {
      name: this.#sink.name,
      lagRecords,
      lagSeconds: Math.max(0, lagMs / 1000),
      sentRecords: this.#sent,
      failures: this.#failures,
      ...(this.#lastTakenAt === undefined ? {} : { lastTakenAt: this.#lastTakenAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  /** Makes what the sink has taken survive a power failure, so that it may be deleted. */
  sync(): Promise<void> {
    return this.#cursor.sync()
  }

  /** Sends what is there, if that goes quickly, and ends. */
  async close(): Promise<void> {
    this.#farewell = AbortSignal.timeout(farewellMs)
    this.#farewell.addEventListener('abort', () => this.#sink.close())
    this.#ending.abort()
    await this.#running
    this.#sink.close()
    await this.#reader.close()
    await this.#cursor.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      const waitMs = await this.#attempt()
      if (waitMs > 0) await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
    if (this.#failuresInRow > 0) return
    do await this.#attempt()
    while (this.#isMoving && !this.#farewell?.aborted)
  }

  /** Sends one shipment, if there is any. @returns how long to wait before the next */
  async #attempt(): Promise<number> {
    try {
      await this.#sink.tend?.()
      const sent = this.#sent
      this.#isMoving = await this.#advance()
      if (this.#failuresInRow > 0) this.#following.onRecovered(this.#sink.name)
      this.#failuresInRow = 0
      this.#lastError = undefined
      await this.#syncNowAndThen()
      return this.#isMoving ? (this.#sent - sent) * breathMs : this.#sink.restMs
    } catch (error) {
      this.#isMoving = false
      return this.#noteFailure(error)
    }
  }

  /** @returns whether there may be more at once */
  async #advance(): Promise<boolean> {
    const { journal, clock } = this.#following
    if (!this.#isPlaced) await this.#findPlace()
    const before = this.takenUpTo
    const waiting = journal.lastSequence() - before
    if (waiting > 0) this.#behindSince ??= clock.now()
    else return false
    if (this.#shipment === undefined && this.#isDue(waiting)) this.#shipment = await this.#read()
    if (this.#shipment !== undefined) await this.#send(this.#shipment)
    return this.takenUpTo > before
  }

  #isDue(waiting: number): boolean {
    const { gatherMs = 0, recordsMost } = this.#sink
    const hasBegun = this.#cursor.cursor.begun !== undefined
    return hasBegun || waiting >= recordsMost || this.#following.clock.now() - this.#takenAt >= gatherMs
  }

  async #findPlace(): Promise<void> {
    const { taken } = this.#cursor.cursor
    const { place, missed } = await this.#reader.seek(taken)
    if (place === 'elsewhere') {
      this.#following.onProblem(`${this.#sink.name} begins anew: this is not the journal it was sent before`)
      this.#cursor.write(beginning)
    } else if (missed > 0) {
      this.#following.onProblem(
        `${this.#sink.name} misses ${missed} lines behind line ${taken.sequence}: they were deleted while it was not among the sinks`,
      )
      this.#cursor.write({ taken })
    }
    this.#isPlaced = true
  }

  async #read(): Promise<Shipment | undefined> {
    const { taken, begun } = this.#cursor.cursor
    const { recordsMost, bytesMost } = this.#sink
    const size = { recordsMost, bytesMost }
    this.#isPlaced = false
    const batch = await this.#reader.next(begun === undefined ? size : { ...size, upTo: begun.upTo })
    this.#isPlaced = true
    if (batch === undefined) return undefined
    const { records, end } = batch
    if (records.length === 0) {
      this.#cursor.write({ taken: end })
      return undefined
    }
    const at = begun?.at ?? this.#following.clock.now()
    this.#cursor.write({ taken, begun: { upTo: end.sequence, at } })
    return { records, end, at }
  }

  async #send(shipment: Shipment): Promise<void> {
    await this.#sink.take(shipment)
    this.#cursor.write({ taken: shipment.end })
    this.#shipment = undefined
    this.#behindSince = undefined
    this.#takenAt = this.#following.clock.now()
    this.#lastTakenAt = this.#takenAt
    this.#sent += shipment.records.length
  }

  async #syncNowAndThen(): Promise<void> {
    const now = this.#following.clock.now()
    if (now - this.#syncedAt < syncEveryMs) return
    await this.#cursor.sync()
    this.#syncedAt = now
  }

  #noteFailure(error: unknown): number {
    const { firstMs, mostMs } = this.#following.patience ?? { firstMs: 1000, mostMs: 60_000 }
    const reason = reasonOf(error)
    if (reason !== this.#lastError) {
      this.#following.onProblem(`${this.#sink.name} does not take audit records; it is tried again`, error)
    }
    this.#lastError = reason
    this.#failures += 1
    const fullMs = Math.min(mostMs, firstMs * 2 ** Math.min(this.#failuresInRow, 16))
    this.#failuresInRow += 1
    // Between half and all of it, so that many who lost one receiver do not come back to it in step.
    const [byte = 0] = this.#following.chance.bytes(1)
    const backoffMs = fullMs * (0.5 + byte / 512)
    return error instanceof Later ? Math.max(error.waitMs, backoffMs) : backoffMs
  }
}

/** When the first event of a shipment happened. */
function oldestIn(shipment: Shipment | undefined): number | undefined {
  const [first] = shipment?.records ?? []
  return first === undefined ? undefined : Date.parse((JSON.parse(first.json) as EventRecord).eventTime)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message === '' ? (code ?? error.name) : error.message
}
