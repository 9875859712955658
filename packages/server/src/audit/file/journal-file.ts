import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { CannotStart } from '../../base/cannot-start.ts'
import { syncDirectory } from '../../base/durable-file.ts'
import { invariant } from '../../base/invariant.ts'
import type { Journal, JournalEnd, JournalFault } from '../journal.ts'
import { findEvents } from './find-events.ts'
import { findRequest } from './find-request.ts'
import { hashOf, lineOf } from './line.ts'
import { openSegment, reopenSegment, type SegmentFile, writeDurably } from './segment-file.ts'
import { segmentPath } from './segments.ts'
import { findTail, type Tail } from './tail.ts'
import { verifyJournal } from './verify-journal.ts'

export interface JournalSettings {
  readonly directory: string
  /** A new segment begins when the last one has this many bytes. */
  readonly segmentBytes?: number
}

/**
 * Opens the journal in a directory, or begins one. One process at a time: the lock on the data directory sees to
 * that.
 *
 * @throws CannotStart when the end of what is there is not what was written, or nothing can be written
 */
export async function openJournal({ directory, segmentBytes = 64 << 20 }: JournalSettings): Promise<Journal> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const tail = await findTail(directory)
    const file = await openSegment(segmentPath(directory, tail.segment))
    await syncDirectory(directory)
    await syncDirectory(dirname(directory))
    return new FileJournal({ directory, segmentBytes, tail, file })
  } catch (cause) {
    if (cause instanceof CannotStart || !(cause instanceof Error && 'code' in cause)) throw cause
    throw new CannotStart(`the audit journal in ${directory} cannot be opened (${cause.code})`, { cause })
  }
}

interface Waiting {
  readonly record: string
  resolve(): void
  reject(cause: Error): void
}

/** A journal in files. Records that come while a sync is under way wait, and then share the next one. */
class FileJournal implements Journal {
  readonly #directory: string
  readonly #segmentBytes: number
  /** What is durable, and nothing beyond it: moved forward only after a sync. */
  #tail: Tail
  /** Absent after a failure, until the file has been opened anew and its end found as it should be. */
  #file: SegmentFile | undefined
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #isClosed = false

  constructor(start: { directory: string; segmentBytes: number; tail: Tail; file: SegmentFile }) {
    this.#directory = start.directory
    this.#segmentBytes = start.segmentBytes
    this.#tail = start.tail
    this.#file = start.file
  }

  append(record: object): Promise<void> {
    invariant(!this.#isClosed, 'nothing is appended to a closed journal')
    const text = JSON.stringify(record)
    invariant(text.startsWith('{'), 'a record is a plain object')
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record: text, resolve, reject })
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

  verify(): Promise<JournalEnd | JournalFault> {
    return verifyJournal(this.#directory)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
    await this.#letGo()
  }

  async #writeAll(): Promise<void> {
    // Requests that arrived together are handled in one turn of the event loop; their records go together too.
    await setImmediate()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch)
        for (const { resolve } of batch) resolve()
      } catch (cause) {
        await this.#letGo()
        const failure = new Error('the audit journal could not be written', { cause })
        for (const { reject } of batch) reject(failure)
      }
    }
    this.#writing = undefined
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    this.#file ??= await reopenSegment(segmentPath(this.#directory, this.#tail.segment), this.#tail)
    if (this.#tail.length >= this.#segmentBytes) await this.#beginSegment()
    let { sequence, lastHash, lastLineBytes } = this.#tail
    const lines = batch.map(({ record }) => {
      sequence += 1
      const line = lineOf({ sequence, previous: lastHash }, record)
      lastHash = hashOf(line)
      return line
    })
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    lastLineBytes = Buffer.byteLength(lines.at(-1) ?? '') + 1
    await writeDurably(this.#file, bytes, this.#tail.length)
    const length = this.#tail.length + bytes.length
    this.#tail = { segment: this.#tail.segment, length, sequence, lastHash, lastLineBytes }
  }

  async #beginSegment(): Promise<void> {
    const segment = this.#tail.segment + 1
    const file = await openSegment(segmentPath(this.#directory, segment))
    await this.#letGo()
    this.#file = file
    await syncDirectory(this.#directory)
    this.#tail = { ...this.#tail, segment, length: 0, lastLineBytes: 0 }
  }

  /** A handle that fails to close is gone all the same; its file has been synced or is about to be reopened. */
  async #letGo(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close().catch(() => undefined)
  }
}
