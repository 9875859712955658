import { STATUS_CODES } from 'node:http'
import type { Writable } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import { jsonContentType } from '../protocol/json-1-1.ts'
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
  #keptEnd = ''

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
    this.#keepUp()
    const start = status === 200 ? startOf200 : startOf(status)
    const type = contentType === jsonContentType ? jsonType : typeOf(contentType)
    const bodyBytes = Buffer.byteLength(body)
    const encoded = encodedMessage === undefined ? '' : `\r\n${encodedHeader}: ${encodedMessage}`
    const end = isLast ? endOf(this.#date, 'Connection: close') : this.#keptEnd
    // Few pieces: text is put together when it is written, and each piece costs as much as many characters.
    const head = `${start}${requestId}${type}${bodyBytes}${encoded}${end}`
    // ASCII is the same in both, and cheaper where nothing has to be looked for.
    return to.write(isHead ? head : head + body, bodyBytes === body.length ? 'latin1' : 'utf8')
  }

  /** RFC 9110 §6.6.1. AWS's SDKs set their clocks by it. */
  #keepUp(): void {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second === this.#second) return
    this.#second = second
    this.#date = new Date(second * 1000).toUTCString()
    this.#keptEnd = endOf(this.#date, `Connection: keep-alive\r\nKeep-Alive: timeout=${keptSeconds}`)
  }
}

const startOf = (status: number) => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nx-amzn-RequestId: `
const typeOf = (contentType: string) => `\r\nContent-Type: ${contentType}\r\nContent-Length: `
const endOf = (date: string, connection: string) => `\r\nDate: ${date}\r\n${connection}\r\n\r\n`

/** Parts of nearly all answers, put together before. */
const startOf200 = startOf(200)
const jsonType = typeOf(jsonContentType)
