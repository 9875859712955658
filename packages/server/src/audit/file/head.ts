import { constants, writeSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CannotStart } from '../../base/cannot-start.ts'
import { monotonicMs } from '../../base/elapsed.ts'
import type { JournalKey } from '../journal-key.ts'
import { type Moment, signatureCheck, signedText } from './signed.ts'

/**
 * The head of a journal: a small file beside the segments, in which the last line is signed anew as the journal grows.
 * A chain of hashes cannot show that its end was taken off; this does.
 *
 * It has two slots, written in turns, so that a write which was cut short leaves the one before.
 */
const slotBytes = 512

export function headPath(directory: string): string {
  return join(directory, 'journal-head')
}

/**
 * How long the end may stand before it is signed, under load: a signature takes as long as everything else that is done
 * for a call. An end that nothing follows is signed at once, or so much later.
 */
const signEveryMs = 10

/** Where the head of a journal is written. */
export class HeadFile {
  readonly #handle: FileHandle
  readonly #key: JournalKey
  #slot = 0
  #signedAt = Number.NEGATIVE_INFINITY
  /** The end of the journal, when it is not signed yet. */
  #noted: Moment | undefined
  #timer: NodeJS.Timeout | undefined
  #failure: unknown

  private constructor(handle: FileHandle, key: JournalKey) {
    this.#handle = handle
    this.#key = key
  }

  static async open(directory: string, key: JournalKey): Promise<HeadFile> {
    const handle = await open(headPath(directory), constants.O_RDWR | constants.O_CREAT, 0o600)
    return new HeadFile(handle, key)
  }

  /**
   * Has the moment signed that is the last now, soon. Called when its line is durable: whatever becomes of the machine,
   * the head is never ahead of the lines, so a crash does not look like lines that were taken off.
   *
   * @throws what kept an earlier head from being written
   */
  note(moment: Moment): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#noted = moment
    if (this.#timer !== undefined) return
    const waitMs = this.#signedAt + signEveryMs - monotonicMs()
    if (waitMs <= 0) this.#sign()
    else this.#timer = setTimeout(() => this.#signInTime(), waitMs).unref()
  }

  /** Signs what was noted last, and lets go. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#noted !== undefined && this.#failure === undefined) this.#signInTime()
    await this.#handle.close().catch(() => undefined)
  }

  /** Nobody waits for this one; whoever writes next learns that it failed. */
  #signInTime(): void {
    this.#timer = undefined
    try {
      this.#sign()
    } catch (cause) {
      this.#failure = cause
    }
  }

  /** Written and not synced; the page cache takes it in microseconds, which a way through the thread pool would multiply. */
  #sign(): void {
    const moment = this.#noted
    if (moment === undefined) return
    const signature = this.#key.sign(signedText('head', moment))
    const text = JSON.stringify({ ...moment, signature }).padEnd(slotBytes - 1)
    writeSync(this.#handle.fd, `${text}\n`, this.#slot * slotBytes)
    this.#slot = 1 - this.#slot
    this.#noted = undefined
    this.#signedAt = monotonicMs()
  }
}

/**
 * The newest head that was really signed; `unreadable` when no slot holds one. It is `absent` without a file, and with an
 * empty one, which lies there from the first opening until the first line.
 */
export async function readHead(
  directory: string,
  publicKey: string,
): Promise<Moment | 'absent' | 'unreadable'> {
  const text = await readFile(headPath(directory), 'latin1').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined || text === '') return 'absent'
  const isSigned = signatureCheck(publicKey)
  const heads = text.split('\n').flatMap((slot) => {
    const head = parseSlot(slot)
    return head !== undefined && isSigned(signedText('head', head), head.signature) ? [head] : []
  })
  const newest = heads.toSorted((one, other) => other.sequence - one.sequence)[0]
  return newest === undefined ? 'unreadable' : { sequence: newest.sequence, hash: newest.hash }
}

/**
 * Refuses to write on behind an end that is not the one that was signed last.
 *
 * @param hashAt the hash of the line of that number, where it is among the last segment's
 * @throws CannotStart
 */
export function requireHead(
  head: Moment | 'absent' | 'unreadable',
  tail: { readonly sequence: number },
  hashAt: (sequence: number) => string | undefined,
): void {
  // A journal that has no line yet has no head either.
  if (head === 'absent' && tail.sequence === 0) return
  if (typeof head === 'string') {
    throw new CannotStart(
      `the audit journal has lost its head (${head === 'absent' ? 'there is none' : 'no valid signature'}): ` +
        'restore the file journal-head, or move the journal away to begin a new one',
    )
  }
  const hash = hashAt(head.sequence)
  if (head.sequence <= tail.sequence && (hash === undefined || hash === head.hash)) return
  throw new CannotStart(
    `the audit journal ends with line ${tail.sequence}, and line ${head.sequence} was signed as ` +
      'its end: lines were taken off or changed; restore its files, or move it away to begin a new one',
  )
}

function parseSlot(slot: string): (Moment & { readonly signature: string }) | undefined {
  try {
    const { sequence, hash, signature } = JSON.parse(slot)
    const isHead = Number.isSafeInteger(sequence) && typeof hash === 'string' && typeof signature === 'string'
    return isHead ? { sequence, hash, signature } : undefined
  } catch {
    return undefined
  }
}
