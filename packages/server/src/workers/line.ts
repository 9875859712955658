import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { invariant } from '../base/invariant.ts'
import { failureOf, type SentFailure, thrownBy } from './sent-failure.ts'

/** What one side of a line answers, by name. Everything given and answered is plain data. */
export type Answers = { readonly [name: string]: (...given: never[]) => unknown }

type Given<A, N extends keyof A> = A[N] extends (...given: infer G) => unknown ? G : never
type Answer<A, N extends keyof A> = A[N] extends (...given: never[]) => infer R ? Awaited<R> : never

type Message =
  | { readonly ask: string; readonly id?: number; readonly given: readonly unknown[] }
  | { readonly answers: number; readonly value: unknown }
  | { readonly answers: number; readonly failure: SentFailure }

/** One end of a line: a port, or the thread behind it. */
interface End {
  postMessage(message: Message): void
  on(event: 'message', take: (message: Message) => void): unknown
}

interface Waiting {
  resolve(value: unknown): void
  reject(cause: Error): void
}

/**
 * What two threads say to each other, each asking what the other answers. Whatever one side says arrives in the order
 * in which it was said.
 */
export class Line<Theirs extends Answers> {
  readonly #port: End
  readonly #ours: Answers
  readonly #onBug: (cause: unknown) => void
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0
  #end: Error | undefined

  /** @param onBug told of what went wrong while nobody waited for an answer */
  constructor(port: End, ours: Answers, onBug: (cause: unknown) => void) {
    this.#port = port
    this.#ours = ours
    this.#onBug = onBug
    port.on('message', (message) => this.#take(message))
  }

  /** Asks, and waits for the answer. @throws what the other side threw, or that the line has ended */
  ask<N extends keyof Theirs & string>(name: N, ...given: Given<Theirs, N>): Promise<Answer<Theirs, N>> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    this.#asked += 1
    const id = this.#asked
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#port.postMessage({ ask: name, id, given })
    }) as Promise<Answer<Theirs, N>>
  }

  /** Tells, without wanting to hear of it again. */
  tell<N extends keyof Theirs & string>(name: N, ...given: Given<Theirs, N>): void {
    if (this.#end === undefined) this.#port.postMessage({ ask: name, given })
  }

  /** Takes what the other side has said by now, without waiting for the event loop to come to it. The end is a port. */
  takeAll(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port as unknown as MessagePort)
      if (received === undefined) return
      this.#take(received.message)
    }
  }

  /** The other side is gone: nobody waits for it any longer. */
  end(cause: Error): void {
    this.#end = cause
    for (const { reject } of this.#waiting.values()) reject(cause)
    this.#waiting.clear()
  }

  #take(message: Message): void {
    if ('ask' in message) {
      this.#answer(message).catch(this.#onBug)
      return
    }
    const waiting = this.#waiting.get(message.answers)
    this.#waiting.delete(message.answers)
    if ('failure' in message) waiting?.reject(thrownBy(message.failure))
    else waiting?.resolve(message.value)
  }

  async #answer({ ask, id, given }: Extract<Message, { ask: string }>): Promise<void> {
    const answer = this.#ours[ask]
    invariant(answer !== undefined, 'what is asked has an answer')
    if (id === undefined) {
      await answer(...(given as never[]))
      return
    }
    try {
      this.#port.postMessage({ answers: id, value: await answer(...(given as never[])) })
    } catch (error) {
      this.#port.postMessage({ answers: id, failure: failureOf(error) })
    }
  }
}
