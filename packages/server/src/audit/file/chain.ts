import { invariant } from '../../base/invariant.ts'
import type { JournalKey } from '../journal-key.ts'
import { type Content, hashOf, lineBytesMost, lineOf } from './line.ts'
import { signedText } from './signed.ts'
import type { Tail } from './tail.ts'

/** The lines of one write: each named by the next, from where the journal ends now. */
export class Chain {
  readonly #lines: string[] = []
  #sequence: number
  #hash: string

  constructor({ sequence, lastHash }: Tail) {
    this.#sequence = sequence
    this.#hash = lastHash
  }

  /** @param record JSON */
  add(record: string): void {
    this.#link(record, 'record')
  }

  /** Signs all that stands before. */
  sign(key: JournalKey): void {
    const signature = key.sign(signedText('checkpoint', { sequence: this.#sequence, hash: this.#hash }))
    this.#link(JSON.stringify({ signature }), 'checkpoint')
  }

  get bytes(): Buffer {
    return Buffer.from(`${this.#lines.join('\n')}\n`)
  }

  /** The journal's end when these bytes are durable. */
  endOf(tail: Tail, bytes: Buffer, now: number): Tail {
    return {
      segment: tail.segment,
      length: tail.length + bytes.length,
      sequence: this.#sequence,
      lastHash: this.#hash,
      lastLineBytes: Buffer.byteLength(this.#lines.at(-1) ?? '') + 1,
      begunAt: tail.begunAt ?? now,
    }
  }

  #link(json: string, content: Content): void {
    this.#sequence += 1
    const line = lineOf({ sequence: this.#sequence, previous: this.#hash }, json, content)
    // A character is at most three bytes.
    invariant(3 * line.length <= lineBytesMost, 'a line is never so long that it could not be read again')
    this.#hash = hashOf(line)
    this.#lines.push(line)
  }
}
