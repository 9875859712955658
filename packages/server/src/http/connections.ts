import type { Server, Socket } from 'node:net'
import type { HttpConnection } from './http-connection.ts'

/** All connections of a listener: how many there are, what they hold together, and that time goes by for them. */
export class Connections {
  readonly #most: number
  readonly #heldBytesMost: number
  readonly #all = new Set<HttpConnection>()
  #open = 0
  #heldBytes = 0

  /** @param heldBytesMost bytes of unfinished requests that are held over all connections */
  constructor(most: number, heldBytesMost: number) {
    this.#most = most
    this.#heldBytesMost = heldBytesMost
  }

  /** How many there are, those included that do not speak TLS yet. */
  get open(): number {
    return this.#open
  }

  /** Counts the connections of a server from when they are accepted, before any TLS is spoken. */
  watch(server: Server): void {
    server.on('connection', (socket) => this.#accept(socket))
  }

  add(connection: HttpConnection, socket: Socket): void {
    this.#all.add(connection)
    socket.once('close', () => this.#all.delete(connection))
  }

  /** Takes note of bytes that are held, or let go of. @returns whether there is room for them */
  hold(bytes: number): boolean {
    this.#heldBytes += bytes
    return bytes <= 0 || this.#heldBytes <= this.#heldBytesMost
  }

  tick(): void {
    for (const connection of this.#all) connection.tick()
  }

  /** Has those that are idle hang up now and the others when they have been answered. */
  close(): void {
    for (const connection of this.#all) connection.close()
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy()
  }

  #accept(socket: Socket): void {
    this.#open += 1
    socket.once('close', () => {
      this.#open -= 1
    })
    if (this.#open <= this.#most) return
    // Whoever never said anything makes room, or else has said nothing for the longest; where all are busy, nobody
    // more is let in.
    const idle = this.#longestIdle()
    if (idle === undefined) socket.destroy()
    else idle.destroy()
  }

  #longestIdle(): HttpConnection | undefined {
    let found: HttpConnection | undefined
    for (const connection of this.#all) {
      if (connection.isIdle && connection.left < (found?.left ?? Number.POSITIVE_INFINITY)) found = connection
    }
    return found
  }
}
