import type { JournalEnd, JournalFault } from '../journal.ts'
import { hashOf, type Link, noHash, parseLink } from './line.ts'
import { listSegments, readLines, segmentPath } from './segments.ts'

/**
 * Reads a journal from its first line to its last and says whether it is whole, or where it first is not. Needs
 * nothing but the files. What it cannot see is lines missing from the very end, or a change of the last line:
 * for that, compare `lastHash` with one that was written down elsewhere.
 */
export async function verifyJournal(directory: string): Promise<JournalEnd | JournalFault> {
  const segments = await listSegments(directory)
  const reading = new Reading()
  for (let segment = 1; segment <= Math.max(1, segments.at(-1) ?? 0); segment += 1) {
    if (!segments.includes(segment)) return reading.verdict ?? { fault: 'missing', segment, line: 1 }
    reading.enter(segment)
    const tornBytes = await readLines(segmentPath(directory, segment), (line) => reading.visit(line))
    if (reading.verdict !== undefined) return reading.verdict
    if (segment === segments.at(-1)) return reading.end(tornBytes)
    if (tornBytes > 0) return reading.here('cut', 1)
  }
  return reading.end(0)
}

/** Where in a journal a line stands. */
type Position = Pick<JournalFault, 'segment' | 'line'>

/** What is known after the lines that were read so far. */
class Reading {
  verdict: JournalFault | undefined
  #at: Position = { segment: 0, line: 0 }
  #before: Position = { segment: 1, line: 1 }
  #sequence = 0
  #hash = noHash
  /** A line is not linked to the one before. Which of the two was changed, the next one tells. */
  #doubt: { readonly before: Position; readonly after: Position } | undefined
  /** The sequence number that did not come in its turn; should it come later, lines changed places. */
  #awaited: { readonly sequence: number; readonly instead: Position } | undefined

  enter(segment: number): void {
    this.#at = { segment, line: 0 }
  }

  visit(line: Buffer): 'stop' | undefined {
    const before = this.#at.line === 0 ? this.#before : this.#at
    this.#at = { segment: this.#at.segment, line: this.#at.line + 1 }
    this.#before = this.#at
    const link = parseLink(line)
    if (this.#awaited !== undefined) return this.#lookFor(this.#awaited.sequence, link)
    if (this.#doubt !== undefined) return this.#settle(this.#doubt, link)
    if (link === undefined || !isJson(line)) return this.#stop('changed', this.#at)
    const expected = this.#sequence + 1
    if (link.sequence < expected) return this.#stop('reordered', this.#at)
    if (link.sequence > expected) {
      this.#awaited = { sequence: expected, instead: this.#at }
      return undefined
    }
    if (link.previous !== this.#hash) this.#doubt = { before, after: this.#at }
    this.#sequence = expected
    this.#hash = hashOf(line)
    return undefined
  }

  here(fault: JournalFault['fault'], linesFurther: number): JournalFault {
    return this.#open() ?? { fault, segment: this.#at.segment, line: this.#at.line + linesFurther }
  }

  end(tornBytes: number): JournalEnd | JournalFault {
    return this.#open() ?? { lines: this.#sequence, lastHash: this.#hash, tornBytes }
  }

  /** What a question that is still open comes to when nothing follows. */
  #open(): JournalFault | undefined {
    if (this.#awaited !== undefined) return { fault: 'missing', ...this.#awaited.instead }
    if (this.#doubt === undefined) return undefined
    return { fault: 'changed', ...(this.#sequence === 1 ? this.#doubt.after : this.#doubt.before) }
  }

  #lookFor(sequence: number, link: Link | undefined): 'stop' | undefined {
    if (link?.sequence !== sequence || this.#awaited === undefined) return undefined
    return this.#stop('reordered', this.#awaited.instead)
  }

  #settle(doubt: { readonly before: Position; readonly after: Position }, link: Link | undefined): 'stop' {
    // The next line vouches for the one in doubt, so it was the one before that was changed.
    const isVouchedFor = link?.previous === this.#hash && this.#sequence > 1
    return this.#stop('changed', isVouchedFor ? doubt.before : doubt.after)
  }

  #stop(fault: JournalFault['fault'], position: Position): 'stop' {
    this.verdict = { fault, ...position }
    return 'stop'
  }
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'))
    return true
  } catch {
    return false
  }
}
