import { STATUS_CODES } from 'node:http'
import type { Writable } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import type { WireReply } from './wire.ts'

/** How long a connection without requests is kept, in seconds: as long as SDKs usually keep theirs, and longer. */
export const keptSeconds = 75

/** A header of ours, since AWS KMS has none such: other services of AWS put this into their sentences. */
const encodedHeader = 'x-claviger-authorization-message'

/** What an answer depends on beside the reply. */
export interface Manner {
  /** Whether the connection stays open behind it. */
  readonly isLast: boolean
  /** To HEAD goes what would go to GET, but no body (RFC 9110 §9.3.2). */
  readonly isHead: boolean
}

/** Writes answers. One for all connections of a listener: the date is the same for all of a second. */
export class AnswerWriter {
  readonly #clock: Clock
  #second = Number.NaN
  #date = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Sends an answer, head and body in one piece.
   *
   * @returns whether the other end keeps up
   */
  send(to: Writable, reply: WireReply, { isLast, isHead }: Manner): boolean {
    const { status, contentType, body, requestId, encodedMessage } = reply
    const bodyBytes = Buffer.byteLength(body)
    const kept = isLast ? 'Connection: close' : `Connection: keep-alive\r\nKeep-Alive: timeout=${keptSeconds}`
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nx-amzn-RequestId: ${requestId}\r\nContent-Type: ${contentType}\r\nContent-Length: ${bodyBytes}\r\n${encodedMessage === undefined ? '' : `${encodedHeader}: ${encodedMessage}\r\n`}Date: ${this.#now()}\r\n${kept}\r\n\r\n`
    // ASCII is the same in both, and cheaper where nothing has to be looked for.
    return to.write(isHead ? head : head + body, bodyBytes === body.length ? 'latin1' : 'utf8')
  }

  /** RFC 9110 §6.6.1. AWS's SDKs set their clocks by it. */
  #now(): string {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = new Date(second * 1000).toUTCString()
    }
    return this.#date
  }
}
