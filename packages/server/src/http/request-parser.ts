import { ChunkedBody } from './chunked-body.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import { HeadReader, type RequestHead } from './request-head.ts'

/** A request that is all there. */
export interface ParsedRequest {
  readonly head: RequestHead
  readonly body: Buffer
}

/** Why what came is no request that is read. */
export type ParserFault = 'headers too long' | 'body too long' | 'not HTTP'

/** First line and headers, with all ends of lines. Signed requests have some thousand bytes of them. */
export const headBytesMost = 16_384

/**
 * Longer than the longest legal request: a key policy of 131,072 characters, each written as a six-letter escape,
 * with everything else its operation takes.
 */
export const bodyBytesMost = 1 << 20

/** A body that is on its way. */
interface Arriving {
  readonly head: RequestHead
  readonly body: GrowingBuffer
  /** What reads it, where its length was not said. */
  readonly chunks: ChunkedBody | undefined
}

const headEnd = Buffer.from('\r\n\r\n')
const nothing: Buffer = Buffer.alloc(0)

/**
 * Makes requests of the bytes of one connection. It knows no socket: bytes go in as they come, requests come out one
 * by one and in order, and what comes out is the same in whatever pieces the bytes arrived. After a fault nothing
 * more comes out, since nobody can say where the next request would begin.
 */
export class RequestParser {
  readonly #heads = new HeadReader()
  /** What was not looked at yet, or is the beginning of a head. */
  #rest: Buffer = nothing
  /** Of the rest, what was searched for the end of a head. */
  #searched = 0
  #skippedLine = false
  #arriving: Arriving | undefined
  #fault: ParserFault | undefined

  /** Whether nothing of a next request has come. */
  get isIdle(): boolean {
    return this.#arriving === undefined && this.#rest.length === 0
  }

  /** The head of the request whose body is still on its way. */
  get head(): RequestHead | undefined {
    return this.#arriving?.head
  }

  /** What it holds of requests that are not all there. */
  get heldBytes(): number {
    return this.#rest.length + (this.#arriving?.body.heldBytes ?? 0)
  }

  add(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
  }

  /** The next request, or why there is none and never will be; `undefined` while it is not all there. */
  next(): ParsedRequest | ParserFault | undefined {
    if (this.#fault !== undefined) return this.#fault
    if (this.isIdle) return undefined
    const next = this.#arriving === undefined ? this.#begin() : this.#goOn(this.#arriving)
    if (typeof next === 'string') {
      this.#fault = next
      this.#rest = nothing
      this.#arriving = undefined
    }
    return next
  }

  #begin(): ParsedRequest | ParserFault | undefined {
    const head = this.#readHead()
    if (head === undefined || typeof head === 'string') return head
    const { bodyBytes } = head
    if (bodyBytes === 'chunked') {
      return this.#arrive({ head, body: new GrowingBuffer(bodyBytesMost), chunks: new ChunkedBody() })
    }
    if (bodyBytes > bodyBytesMost) return 'body too long'
    if (bodyBytes > this.#rest.length) {
      return this.#arrive({ head, body: new GrowingBuffer(bodyBytes), chunks: undefined })
    }
    return { head, body: this.#take(bodyBytes) }
  }

  #arrive(arriving: Arriving): ParsedRequest | ParserFault | undefined {
    this.#arriving = arriving
    return this.#goOn(arriving)
  }

  #goOn({ head, body, chunks }: Arriving): ParsedRequest | ParserFault | undefined {
    if (chunks === undefined) {
      body.add(this.#take(Math.min(body.roomBytes, this.#rest.length)))
      if (body.roomBytes > 0) return undefined
    } else {
      const progress = chunks.read(this.#rest, body)
      this.#take(chunks.readBytes)
      if (progress !== 'over') return progress === 'more' ? undefined : progress
    }
    this.#arriving = undefined
    return { head, body: body.take() }
  }

  /** The head that the rest begins with, which is then no longer part of it. */
  #readHead(): RequestHead | ParserFault | undefined {
    this.#skipLine()
    const end = this.#rest.indexOf(headEnd, Math.max(0, this.#searched - headEnd.length + 1))
    const length = end + headEnd.length
    if (end >= 0 && length <= headBytesMost) {
      this.#searched = 0
      this.#skippedLine = false
      const text = this.#rest.toString('latin1', 0, length)
      this.#rest = length === this.#rest.length ? nothing : this.#rest.subarray(length)
      return this.#heads.read(text)
    }
    // What cannot become a head is refused as soon as that shows; whoever speaks no HTTP would wait for long.
    const begun = this.#rest.toString('latin1', 0, headBytesMost)
    noHead.lastIndex = this.#searched
    this.#searched = Math.max(0, begun.length - 1)
    if (noHead.test(begun)) return 'not HTTP'
    return end >= 0 || this.#rest.length > headBytesMost ? 'headers too long' : undefined
  }

  /** RFC 9112 §2.2: an empty line before a request is passed over; some clients end a body with one too many. */
  #skipLine(): void {
    if (this.#skippedLine || this.#rest[0] !== 0x0d || this.#rest[1] !== 0x0a) return
    this.#take(2)
    this.#searched = 0
    this.#skippedLine = true
  }

  #take(length: number): Buffer {
    const rest = this.#rest
    if (length === rest.length) {
      this.#rest = nothing
      return rest
    }
    this.#rest = rest.subarray(length)
    return rest.subarray(0, length)
  }
}

/** A character that no head holds, or half an end of line (the last character may be the first half of a whole one). */
const noHead = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?=[^\n])|(?<!\r)\n/g
