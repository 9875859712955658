import type { JournalEnd, JournalFault, Position } from '../journal.ts'
import type { Beginning } from './beginning.ts'
import { hashOf, type Link, noHash, parseLink } from './line.ts'
import { signedText } from './signed.ts'

type Parsed = NonNullable<ReturnType<typeof parseLink>>

interface Expected {
  /** Whether a signature is this journal's; without it signatures are not looked at. */
  readonly isSigned: ((text: string, signature: string) => boolean) | undefined
  /** The line whose hash is wanted: the one that was signed as the last. */
  readonly watched: number | undefined
  /** The last line that is not there on purpose, and the first file that is. */
  readonly beginning: Beginning | undefined
}

/** What is known of a journal after the lines that were read so far. */
export class Reading {
  verdict: JournalFault | undefined
  /** The hash of the line that is watched for, once it has been read. */
  watchedHash: string | undefined
  readonly #expected: Expected
  #at: Position = { segment: 0, line: 0 }
  #before: Position
  #sequence: number
  #records = 0
  #hash: string
  /** The first line that no signature vouches for yet. */
  #unsigned: Position
  /** A line is not linked to the one before. Which of the two was changed, the next one tells. */
  #doubt: { readonly before: Position; readonly after: Position } | undefined
  /** The sequence number that did not come in its turn; should it come later, lines changed places. */
  #awaited: { readonly sequence: number; readonly instead: Position } | undefined

  constructor(expected: Expected) {
    this.#expected = expected
    const { segment, sequence, hash } = expected.beginning ?? { segment: 1, sequence: 0, hash: noHash }
    this.#before = { segment, line: 1 }
    this.#unsigned = this.#before
    this.#sequence = sequence
    this.#hash = hash
  }

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
    const content = link === undefined ? undefined : contentOf(line)
    if (link === undefined || content === undefined) return this.#stop('changed', this.#at)
    const expected = this.#sequence + 1
    if (link.sequence < expected) return this.#stop('reordered', this.#at)
    if (link.sequence > expected) {
      this.#awaited = { sequence: expected, instead: this.#at }
      return undefined
    }
    if (link.previous !== this.#hash) this.#doubt = { before, after: this.#at }
    else if (link.content === 'checkpoint' && !this.#vouches(link, content)) {
      return this.#stop('forged', this.#at, this.since())
    }
    this.#take(expected, line, link)
    return undefined
  }

  position(linesFurther: number): Position {
    return { segment: this.#at.segment, line: this.#at.line + linesFurther }
  }

  /** From where on everything may be forged, when the next signature turns out to be. */
  since(): { readonly since: Position } {
    return { since: this.#unsigned }
  }

  here(fault: JournalFault['fault'], linesFurther: number): JournalFault {
    return this.#open() ?? { fault, ...this.position(linesFurther) }
  }

  end(tornBytes: number): JournalEnd | JournalFault {
    const deleted = this.#expected.beginning?.sequence
    return (
      this.#open() ?? {
        lines: this.#sequence,
        records: this.#records,
        lastHash: this.#hash,
        tornBytes,
        ...(deleted === undefined ? {} : { deleted }),
      }
    )
  }

  /** The number of the first line there is. */
  get #first(): number {
    return (this.#expected.beginning?.sequence ?? 0) + 1
  }

  #take(sequence: number, line: Buffer, link: Parsed): void {
    this.#sequence = sequence
    if (link.content === 'record') this.#records += 1
    this.#hash = hashOf(line)
    if (sequence === this.#expected.watched) this.watchedHash = this.#hash
  }

  #vouches(
    link: Parsed,
    { checkpoint }: { readonly checkpoint?: { readonly signature?: unknown } },
  ): boolean {
    const { isSigned } = this.#expected
    if (isSigned === undefined) return true
    const text = signedText('checkpoint', { sequence: link.sequence - 1, hash: link.previous })
    if (!isSigned(text, String(checkpoint?.signature))) return false
    this.#unsigned = this.position(1)
    return true
  }

  /** What a question that is still open comes to when nothing follows. */
  #open(): JournalFault | undefined {
    if (this.#awaited !== undefined) return { fault: 'missing', ...this.#awaited.instead }
    if (this.#doubt === undefined) return undefined
    return { fault: 'changed', ...(this.#sequence === this.#first ? this.#doubt.after : this.#doubt.before) }
  }

  #lookFor(sequence: number, link: Link | undefined): 'stop' | undefined {
    if (link?.sequence !== sequence || this.#awaited === undefined) return undefined
    return this.#stop('reordered', this.#awaited.instead)
  }

  #settle(doubt: { readonly before: Position; readonly after: Position }, link: Link | undefined): 'stop' {
    // The next line vouches for the one in doubt, so it was the one before that was changed.
    const isVouchedFor = link?.previous === this.#hash && this.#sequence > this.#first
    return this.#stop('changed', isVouchedFor ? doubt.before : doubt.after)
  }

  #stop(fault: JournalFault['fault'], position: Position, more: object = {}): 'stop' {
    this.verdict = { fault, ...position, ...more }
    return 'stop'
  }
}

/** What a line holds; `undefined` when it is no JSON. */
function contentOf(line: Buffer): { readonly checkpoint?: { readonly signature?: unknown } } | undefined {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}
