import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { CannotStart } from '../../base/cannot-start.ts'
import { type Clock, systemClock } from '../../base/clock.ts'
import { syncDirectory } from '../../base/durable-file.ts'
import { monotonicMs } from '../../base/elapsed.ts'
import { invariant } from '../../base/invariant.ts'
import { JournalMeter } from '../../metrics/journal-meter.ts'
import type { Journal, JournalEnd, JournalFault, JournalLength } from '../journal.ts'
import type { JournalKey } from '../journal-key.ts'
import { jsonOf } from '../record-text.ts'
import { Chain } from './chain.ts'
import { compressClosed, compressSegment } from './compress-segment.ts'
import { findEvents } from './find-events.ts'
import { findRequest } from './find-request.ts'
import { HeadFile, readHead, requireHead } from './head.ts'
import { readAfter } from './read-after.ts'
import {
  openSegment,
  reopenSegment,
  type SegmentFile,
  writeDurably,
  writeDurablyBlocking,
} from './segment-file.ts'
import { segmentPath } from './segments.ts'
import { findTail, type Tail } from './tail.ts'
import { verifyJournal } from './verify-journal.ts'

export interface JournalSettings {
  readonly directory: string
  /** What signs it. Without a key there are hashes and no signatures. */
  readonly key?: JournalKey
  /** True when there was no key before: what is there was never signed, and is from now on. */
  readonly keyIsNew?: boolean
  /** A new segment begins when the last one has this many bytes, or its first event is this long ago. */
  readonly segmentBytes?: number
  readonly segmentMs?: number
  readonly clock?: Clock
  /** Whether the thread may be held up while a write is synced: one that has nothing else to do takes less time so. */
  readonly mayBlock?: boolean
  /** What counts its writes, for whoever wants to know. */
  readonly meter?: JournalMeter
  /** Told of what does no harm at once: a closed segment that could not be compressed. */
  readonly onProblem?: (problem: unknown) => void
}

const day = 86_400_000

/** How much of the journal stands without a signature in it: so many lines, or so long. The head is signed beside it. */
const checkpointLines = 1000
const checkpointMs = 60_000

/**
 * Opens the journal in a directory, or begins one. One process at a time: the lock on the data directory sees to
 * that.
 *
 * @throws CannotStart when the end of what is there is not what was written, or nothing can be written
 */
export async function openJournal(settings: JournalSettings): Promise<Journal> {
  const { directory, key } = settings
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const { tail, hashAt } = await findTail(directory)
    if (key !== undefined && !settings.keyIsNew) {
      requireHead(await readHead(directory, key.publicKey), tail, hashAt)
    }
    const file = await openSegment(segmentPath(directory, tail.segment))
    const head = key === undefined ? undefined : await HeadFile.open(directory, key)
    if (tail.sequence > 0) head?.note({ sequence: tail.sequence, hash: tail.lastHash })
    await syncDirectory(directory)
    await syncDirectory(dirname(directory))
    return new FileJournal(settings, { tail, file, head })
  } catch (cause) {
    if (cause instanceof CannotStart || !(cause instanceof Error && 'code' in cause)) throw cause
    throw new CannotStart(`the audit journal in ${directory} cannot be opened (${cause.code})`, { cause })
  }
}

/** Several clients are at work when more records than this share a write, averaged over so many writes. */
const fewTogether = 4
const togetherOver = 8

/** How long a write then waits for more, unless so many have come. */
const gatherMs = 1
const enough = 32

interface Waiting {
  readonly records: readonly string[]
  resolve(): void
  reject(cause: Error): void
}

interface Start {
  readonly tail: Tail
  readonly file: SegmentFile
  readonly head: HeadFile | undefined
}

/** A journal in files. Records that come while a sync is under way wait, and then share the next one. */
class FileJournal implements Journal {
  readonly #directory: string
  readonly #key: JournalKey | undefined
  readonly #segmentBytes: number
  readonly #segmentMs: number
  readonly #clock: Clock
  readonly #writeDurably: typeof writeDurably
  readonly #meter: JournalMeter
  readonly #onProblem: (problem: unknown) => void
  /** What is durable, and nothing beyond it: moved forward only after a sync. */
  #tail: Tail
  /** Absent after a failure, until the file has been opened anew and its end found as it should be. */
  #file: SegmentFile | undefined
  #head: HeadFile | undefined
  /** When and behind which line the last checkpoint was made; the first write makes one. */
  #checkpoint = { at: Number.NEGATIVE_INFINITY, sequence: 0 }
  #waiting: Waiting[] = []
  /** How many records shared a write lately, on average. */
  #together = 1
  /** Begins the next write before its time. */
  #onEnough: (() => void) | undefined
  #writing: Promise<void> | undefined
  #compressing: Promise<void>
  #isClosed = false

  constructor(settings: JournalSettings, { tail, file, head }: Start) {
    this.#directory = settings.directory
    this.#key = settings.key
    this.#segmentBytes = settings.segmentBytes ?? 64 << 20
    this.#segmentMs = settings.segmentMs ?? day
    this.#clock = settings.clock ?? systemClock
    this.#writeDurably = settings.mayBlock ? writeDurablyBlocking : writeDurably
    this.#meter = settings.meter ?? new JournalMeter()
    this.#onProblem = settings.onProblem ?? (() => undefined)
    this.#tail = tail
    this.#file = file
    this.#head = head
    this.#compressing = compressClosed(settings.directory, tail.segment).catch(this.#onProblem)
  }

  append(record: object): Promise<void> {
    invariant(!this.#isClosed, 'nothing is appended to a closed journal')
    const text = jsonOf(record)
    invariant(text.startsWith('{'), 'a record is a plain object')
    return this.#append([text])
  }

  async appendWritten(records: readonly string[]): Promise<void> {
    invariant(!this.#isClosed, 'nothing is appended to a closed journal')
    invariant(
      records.every((record) => record.startsWith('{') && !record.includes('\n')),
      'a record is a plain object on one line',
    )
    if (records.length > 0) await this.#append(records)
  }

  #append(records: readonly string[]): Promise<void> {
    this.#meter.waiting += records.length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject })
      if (this.#waiting.length >= enough) this.#onEnough?.()
      this.#writing ??= this.#writeAll()
    })
  }

  findEvents(
    events: readonly { readonly eventID: string; readonly eventTime: string }[],
  ): Promise<ReadonlySet<string>> {
    return findEvents(this.#directory, events)
  }

  findRequest(requestId: string): Promise<object | undefined> {
    return findRequest(this.#directory, requestId)
  }

  length(): JournalLength {
    const { segment, length } = this.#tail
    return { segment, length }
  }

  lastSequence(): number {
    return this.#tail.sequence
  }

  readAfter(sequence: number, visit: (record: object) => void): Promise<void> {
    const upTo = this.#tail.sequence
    return readAfter(this.#directory, { after: sequence > upTo ? 0 : sequence, upTo }, visit)
  }

  verify(): Promise<JournalEnd | JournalFault> {
    const publicKey = this.#key?.publicKey
    return verifyJournal(this.#directory, publicKey === undefined ? {} : { publicKey })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
    await this.#letGo()
    await this.#compressing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather()
      const batch = this.#waiting
      this.#waiting = []
      const begun = monotonicMs()
      const count = batch.reduce((sum, { records }) => sum + records.length, 0)
      try {
        await this.#write(batch)
        this.#meter.wrote(count, { begun, now: this.#clock.now() })
        this.#together += (count - this.#together) / togetherOver
        for (const { resolve } of batch) resolve()
      } catch (cause) {
        this.#meter.failed(count)
        await this.#letGo()
        const failure = new Error('the audit journal could not be written', { cause })
        for (const { reject } of batch) reject(failure)
      }
    }
    this.#writing = undefined
  }

  /**
   * Waits for records that can share the next write. Requests that arrived together are handled in one turn of the event
   * loop; their records go together. Where several clients are at work there will soon be more: a millisecond then
   * saves more syncs than it costs. Whoever is alone waits for nobody.
   */
  async #gather(): Promise<void> {
    await setImmediate()
    if (this.#together <= fewTogether || this.#waiting.length >= enough) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs)
      this.#onEnough = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#onEnough = undefined
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const now = this.#clock.now()
    await this.#reopen()
    if (this.#isFull(now)) await this.#beginSegment()
    const chain = new Chain(this.#tail)
    for (const { records } of batch) for (const record of records) chain.add(record)
    this.#signWhenDue(chain, now)
    const { bytes } = chain
    invariant(this.#file !== undefined, 'a journal that is written has a file')
    await this.#writeDurably(this.#file, bytes, this.#tail.length)
    const tail = chain.endOf(this.#tail, bytes, now)
    this.#tail = tail
    this.#head?.note({ sequence: tail.sequence, hash: tail.lastHash })
  }

  #signWhenDue(chain: Chain, now: number): void {
    if (this.#key === undefined) return
    const { at, sequence } = this.#checkpoint
    if (this.#tail.sequence - sequence < checkpointLines && now - at < checkpointMs) return
    chain.sign(this.#key)
    this.#checkpoint = { at: now, sequence: this.#tail.sequence }
  }

  #isFull(now: number): boolean {
    const { length, begunAt } = this.#tail
    return length >= this.#segmentBytes || (begunAt !== undefined && now - begunAt >= this.#segmentMs)
  }

  /**
   * After a failure: the files are opened anew. The head goes first, so that it never speaks of lines that are
   * about to be cut off.
   */
  async #reopen(): Promise<void> {
    if (this.#file !== undefined) return
    if (this.#key !== undefined) {
      this.#head = await HeadFile.open(this.#directory, this.#key)
      if (this.#tail.sequence > 0) {
        this.#head.note({ sequence: this.#tail.sequence, hash: this.#tail.lastHash })
      }
    }
    this.#file = await reopenSegment(segmentPath(this.#directory, this.#tail.segment), this.#tail)
  }

  async #beginSegment(): Promise<void> {
    const closed = this.#tail.segment
    const file = await openSegment(segmentPath(this.#directory, closed + 1))
    await this.#file?.handle.close().catch(() => undefined)
    this.#file = file
    await syncDirectory(this.#directory)
    const { sequence, lastHash } = this.#tail
    this.#tail = { segment: closed + 1, length: 0, sequence, lastHash, lastLineBytes: 0 }
    // A segment may be kept elsewhere by itself: one of the next lines vouches for it, and is soon there.
    this.#checkpoint = { at: Number.NEGATIVE_INFINITY, sequence: 0 }
    this.#compressing = this.#compressing
      .then(() => compressSegment(this.#directory, closed))
      .catch(this.#onProblem)
  }

  /** Handles that fail to close are gone all the same; the files have been synced or are about to be reopened. */
  async #letGo(): Promise<void> {
    const [file, head] = [this.#file, this.#head]
    this.#file = undefined
    this.#head = undefined
    await file?.handle.close().catch(() => undefined)
    await head?.close()
  }
}
