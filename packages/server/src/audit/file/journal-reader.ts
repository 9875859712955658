import type { JournalLength } from '../journal.ts'
import { type Content, hashOf, parseLink } from './line.ts'
import { type LineBatch, linesFrom } from './lines-from.ts'
import { segmentsAfter } from './read-after.ts'
import { listSegments } from './segments.ts'
import type { Moment } from './signed.ts'

/** A record, and the number of its line. */
export interface ReadRecord {
  readonly sequence: number
  /** JSON, as it stands in the journal. */
  readonly json: string
}

/** Records that stand together in the journal, with the last line that was read for them. */
export interface ReadBatch {
  readonly records: readonly ReadRecord[]
  readonly end: Moment
}

export interface BatchSize {
  readonly recordsMost: number
  readonly bytesMost: number
  /** Nothing behind the line of this number. */
  readonly upTo?: number
}

/** What a reader found where it was to go on. */
export interface Found {
  /** `elsewhere`: this is not the journal that the line was in, so all of it is new. */
  readonly place: 'here' | 'elsewhere'
  /** Lines behind that one which are not there any more. */
  readonly missed: number
}

/** A file that is being read, and how much of it was durable when it was opened. */
interface Source {
  readonly batches: AsyncGenerator<LineBatch, void>
  readonly limit: number
}

const recordMark = ',"record":'

/**
 * Reads a journal on, batch by batch, while it is being written: no line twice, none that is not durable yet. Holds
 * no more than a batch and a megabyte, however far behind it is. It takes no line that does not follow from the one
 * before; having thrown, it must be told its place again.
 */
export class JournalReader {
  readonly #directory: string
  readonly #durable: () => JournalLength
  /** Behind the line that was handed out last. */
  #segment = 1
  #offset = 0
  /** The line that was taken last; not known at the beginning, where whatever line comes first is taken. */
  #last: Partial<Moment> = {}
  #lines: readonly Buffer[] = []
  #at = 0
  #source: Source | undefined

  constructor(directory: string, durable: () => JournalLength) {
    this.#directory = directory
    this.#durable = durable
  }

  /** Goes to the place behind a line; with number 0 to the beginning. */
  async seek(behind: Moment): Promise<Found> {
    if (behind.sequence === 0) {
      await this.#toBeginning()
      return { place: 'here', missed: 0 }
    }
    const [segment = 1] = await segmentsAfter(this.#directory, behind.sequence)
    await this.#jump(segment)
    for (;;) {
      const line = await this.#next()
      const link = line && parseLink(line)
      if (line === undefined || link === undefined) break
      if (link.sequence < behind.sequence) continue
      const missed = link.sequence - behind.sequence - 1
      const isKnown = missed < 0 ? hashOf(line) === behind.hash : missed > 0 || link.previous === behind.hash
      if (!isKnown) break
      if (missed >= 0) this.#putBack(line)
      this.#last = missed > 0 ? {} : behind
      return { place: 'here', missed: Math.max(0, missed) }
    }
    await this.#toBeginning()
    return { place: 'elsewhere', missed: 0 }
  }

  /** The next records, perhaps none but checkpoints; `undefined` when there is no line that was not read. */
  async next({ recordsMost, bytesMost, upTo = Number.POSITIVE_INFINITY }: BatchSize) {
    const records: ReadRecord[] = []
    let bytes = 0
    let end: Buffer | undefined
    while (records.length < recordsMost && bytes < bytesMost && this.#sequence < upTo) {
      const line = await this.#next()
      if (line === undefined) break
      const content = this.#follow(line)
      end = line
      if (content !== 'record') continue
      const json = line.toString('utf8', line.indexOf(recordMark) + recordMark.length, line.length - 1)
      records.push({ sequence: this.#sequence, json })
      bytes += line.length
    }
    if (end === undefined) return undefined
    const last: Moment = { sequence: this.#sequence, hash: hashOf(end) }
    this.#last = last
    const batch: ReadBatch = { records, end: last }
    return batch
  }

  /** Lets go of the file that is open. */
  async close(): Promise<void> {
    const source = this.#source
    this.#source = undefined
    await source?.batches.return()
  }

  get #sequence(): number {
    return this.#last.sequence ?? 0
  }

  /** @throws Error for a line that does not follow from the one before */
  #follow(line: Buffer): Content {
    const link = parseLink(line)
    const { sequence = (link?.sequence ?? 0) - 1, hash = link?.previous } = this.#last
    if (link === undefined || link.sequence !== sequence + 1 || link.previous !== hash) {
      throw new Error(`segment ${this.#segment} of the audit journal is not as it was written`)
    }
    // The hashes within a batch are for the verification: here it is about not leaving anything out.
    this.#last = { sequence: link.sequence }
    return link.content
  }

  async #toBeginning(): Promise<void> {
    await this.#jump((await listSegments(this.#directory))[0] ?? 1)
    this.#last = {}
  }

  async #jump(segment: number): Promise<void> {
    await this.close()
    this.#segment = segment
    this.#offset = 0
    this.#lines = []
    this.#at = 0
  }

  #putBack(line: Buffer): void {
    this.#at -= 1
    this.#offset -= line.length + 1
  }

  async #next(): Promise<Buffer | undefined> {
    for (;;) {
      const line = this.#lines[this.#at]
      if (line !== undefined) {
        this.#at += 1
        this.#offset += line.length + 1
        return line
      }
      if (!(await this.#fill())) return undefined
    }
  }

  /** Reads some lines, or steps into the next segment. @returns false when nothing more is durable */
  async #fill(): Promise<boolean> {
    const durable = this.#durable()
    if (this.#segment === durable.segment && this.#offset >= durable.length) return false
    // What was not durable when a file was opened may be cut off and written anew: it is opened anew then, too.
    const limit = this.#segment < durable.segment ? Number.POSITIVE_INFINITY : durable.length
    const place = { segment: this.#segment, offset: this.#offset }
    this.#source ??= { batches: linesFrom(this.#directory, place), limit }
    const source = this.#source
    const { value } = await source.batches.next()
    const lines = value === undefined ? [] : within(value.lines, source.limit - this.#offset)
    if (lines.length < (value?.lines.length ?? 1)) await this.close()
    this.#lines = lines
    this.#at = 0
    if (lines.length > 0) return true
    if (source.limit !== Number.POSITIVE_INFINITY) return this.#offset >= source.limit
    await this.#jump(this.#segment + 1)
    return true
  }
}

/** The first lines, as far as they end within so many bytes. */
function within(lines: readonly Buffer[], bytes: number): readonly Buffer[] {
  let left = bytes
  const beyond = lines.findIndex((line) => {
    left -= line.length + 1
    return left < 0
  })
  return beyond < 0 ? lines : lines.slice(0, beyond)
}
