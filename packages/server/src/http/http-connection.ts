import type { Socket } from 'node:net'
import type { AnswerWriter } from './answer-writer.ts'
import { keptSeconds } from './answer-writer.ts'
import type { Origin } from './origin.ts'
import type { RequestHead } from './request-head.ts'
import { type ParsedRequest, type ParserFault, RequestParser } from './request-parser.ts'
import type { WireReply } from './wire.ts'

/** Why a request was not read, or read and not looked into. */
export type Unread = ParserFault | 'too slow' | 'overloaded'

/** What a connection needs of whoever has it. */
export interface Host {
  readonly writer: AnswerWriter
  /** What is said to a request, at once or when others before it have been answered: then its sender may be gone. */
  answer(request: ParsedRequest, origin: Origin, isGone: () => boolean): Promise<WireReply>
  /** Looks at a head whose body is long in coming: a refusal where it is certain already. */
  refuseEarly(head: RequestHead): Promise<WireReply | undefined>
  unread(reason: Unread, head?: RequestHead): WireReply
  /** Takes note of bytes that are held, or with a negative number let go of. @returns whether there is room for them */
  hold(bytes: number): boolean
}

/** How long somebody may take, in seconds; they are counted by whoever calls `tick`. */
const patience = {
  /** For the first byte of a first request. */
  first: 10,
  /** For the next one: a little longer than clients are told, whose last request may be under way by then. */
  next: keptSeconds + 2,
  /** For a head, and for a whole request, from its first byte on. */
  head: 10,
  request: 30,
  /** For reading our answer. */
  answer: 30,
  /** For hanging up after we did (RFC 9112 §9.6): who is cut off at once may not see what was said last. */
  farewell: 2,
} as const

type State = 'first' | 'next' | 'head' | 'body' | 'answering' | 'sending' | 'farewell'

/** Bodies from which on it pays to look at the head first. */
const longBodyBytes = 16_384

/** The status that goes with what was not read (RFC 9110 §15.5, RFC 6585 §5), where it is not the refusal's own. */
const unreadStatus: Partial<Readonly<Record<Unread, number>>> = {
  'headers too long': 431,
  'too slow': 408,
  'not HTTP': 400,
}

/**
 * One connection, as a server sees it: reads requests, has them answered one after the other, and hangs up on
 * whoever takes too long over anything. While one request is answered nothing further is read, so that whoever sends
 * many at once holds no more of our memory than anybody else, and answers are in order by themselves.
 */
export class HttpConnection {
  readonly #socket: Socket
  readonly #origin: Origin
  readonly #host: Host
  readonly #parser = new RequestParser()
  #state: State = 'first'
  /** Ticks until patience ends. */
  #left: number = patience.first
  #heldBytes = 0
  #hasEnded = false
  #isClosing = false
  #isEarlyAsked = false

  constructor(socket: Socket, origin: Origin, host: Host) {
    this.#socket = socket
    this.#origin = origin
    this.#host = host
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    socket.on('end', () => this.#end())
    socket.on('drain', () => this.#drained())
    socket.on('finish', () => {
      this.#left = Math.min(this.#left, patience.farewell)
    })
    // A connection that breaks is closed, and there is nobody to tell.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#hold(0))
  }

  readonly #isGone = (): boolean => this.#socket.destroyed

  /** Whether nothing is under way here. */
  get isIdle(): boolean {
    return this.#state === 'first' || this.#state === 'next'
  }

  /** Seconds until its patience ends. */
  get left(): number {
    return this.#left
  }

  /** One second has gone by. */
  tick(): void {
    if (this.#state === 'answering') return
    this.#left -= 1
    if (this.#left > 0) return
    if (this.#state === 'head' || this.#state === 'body') this.#refuse('too slow')
    else this.#socket.destroy()
  }

  /** Takes no more requests: hangs up at once, or after the one that is under way. */
  close(): void {
    this.#isClosing = true
    if (this.isIdle) this.#sayFarewell()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(bytes: Buffer): void {
    // What comes after the last answer is read so that it does not undo it, and thrown away.
    if (this.#state === 'farewell') return
    this.#parser.add(bytes)
    if (this.#state === 'answering' || this.#state === 'sending') {
      this.#hold(this.#parser.heldBytes)
      this.#socket.pause()
    } else this.#advance()
  }

  /** Goes on with what has been received, as far as that goes. */
  #advance(): void {
    const next = this.#parser.next()
    if (typeof next !== 'object') {
      if (next === undefined) this.#wait()
      else this.#refuse(next)
      return
    }
    if (this.#heldBytes > 0) this.#hold(this.#parser.heldBytes)
    this.#state = 'answering'
    const { head } = next
    void this.#host.answer(next, this.#origin, this.#isGone).then((reply) => {
      if (this.#send(reply, head)) this.#advance()
    })
  }

  /** Waits for the next request, or for more of one. */
  #wait(): void {
    if (!this.#parser.isIdle) this.#waitForMore()
    else if (this.#hasEnded || this.#isClosing) this.#sayFarewell()
    else this.#rest()
  }

  #waitForMore(): void {
    if (this.#hasEnded) this.destroy()
    else if (!this.#hold(this.#parser.heldBytes)) this.#refuse('overloaded')
    else {
      if (this.isIdle) this.#begin('head', patience.head)
      const { head } = this.#parser
      if (head === undefined) return
      if (this.#state === 'head') {
        this.#begin('body', this.#left + patience.request - patience.head)
        this.#isEarlyAsked = false
      }
      this.#askEarly(head)
    }
  }

  #begin(state: State, left: number): void {
    this.#state = state
    this.#left = left
  }

  #rest(): void {
    this.#begin('next', patience.next)
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** Has a head looked at whose body may never come, before we ask for it or wait for it. */
  #askEarly(head: RequestHead): void {
    const { bodyBytes, isHeldBack } = head
    if (this.#isEarlyAsked || (!isHeldBack && !(Number(bodyBytes) > longBodyBytes))) return
    this.#isEarlyAsked = true
    void this.#host.refuseEarly(head).then((refusal) => {
      // By now it may all be there, and be answered in the ordinary way.
      if (this.#parser.head !== head || this.#state !== 'body') return
      if (refusal !== undefined) this.#sendLast(refusal, head)
      else if (isHeldBack) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    })
  }

  /** @returns whether there may be another request */
  #send(reply: WireReply, { method, isPersistent }: RequestHead): boolean {
    if (this.#socket.destroyed) return false
    const isLast = !isPersistent || this.#isClosing || (this.#hasEnded && this.#parser.isIdle)
    const isSent = this.#host.writer.send(this.#socket, reply, { isLast, isHead: method === 'HEAD' })
    if (isLast) this.#sayFarewell()
    else if (isSent) this.#rest()
    else this.#begin('sending', patience.answer)
    return !isLast && isSent
  }

  /** Refuses what never became a request, so that even then the caller has a request id to ask about. */
  #refuse(reason: Unread): void {
    const { head } = this.#parser
    const reply = this.#host.unread(reason, head)
    this.#sendLast({ ...reply, status: unreadStatus[reason] ?? reply.status }, head)
  }

  /** Sends an answer behind which nothing can be understood any more. */
  #sendLast(reply: WireReply, head: RequestHead | undefined): void {
    const isHead = head?.method === 'HEAD'
    this.#host.writer.send(this.#socket, reply, { isLast: true, isHead })
    this.#sayFarewell()
  }

  #sayFarewell(): void {
    this.#begin('farewell', this.#socket.writableLength > 0 ? patience.answer : patience.farewell)
    this.#hold(0)
    this.#socket.end()
    this.#socket.resume()
  }

  /** Nothing more will come. Who has asked is answered all the same. */
  #end(): void {
    this.#hasEnded = true
    if (this.isIdle) this.#sayFarewell()
    else if (this.#state === 'head' || this.#state === 'body') this.destroy()
  }

  #drained(): void {
    if (this.#state !== 'sending') return
    this.#rest()
    this.#advance()
  }

  #hold(bytes: number): boolean {
    const more = bytes - this.#heldBytes
    this.#heldBytes = bytes
    return more === 0 || this.#host.hold(more)
  }
}
