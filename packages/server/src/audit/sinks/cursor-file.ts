import { constants, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { noHash } from '../file/line.ts'
import type { Moment } from '../file/signed.ts'

/** How far a sink has come. */
export interface Cursor {
  /** The last line that it has taken. */
  readonly taken: Moment
  /** What was begun behind that: to be sent again exactly so, should it not be known how it ended. */
  readonly begun?: { readonly upTo: number; readonly at: number }
}

const slotBytes = 512

/** Where nothing has been taken yet. */
export const beginning: Cursor = { taken: { sequence: 0, hash: noHash } }

/**
 * A small file that keeps a sink's cursor. Written with every shipment, in two slots that take turns so that a write
 * which was cut short leaves the one before; synced now and then. After a power failure the cursor may be an older one,
 * never one that is ahead: then some records go out twice, and none is left out.
 */
export class CursorFile {
  readonly #handle: FileHandle
  #cursor: Cursor
  #turn: number
  #isSynced = true

  private constructor(handle: FileHandle, { turn, ...cursor }: Cursor & { readonly turn: number }) {
    this.#handle = handle
    this.#cursor = cursor
    this.#turn = turn
  }

  static async open(path: string): Promise<CursorFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      const text = await handle.readFile('latin1')
      const slots = [text.slice(0, slotBytes), text.slice(slotBytes)].flatMap((slot) => parseSlot(slot) ?? [])
      const newest = slots.toSorted((one, other) => other.turn - one.turn)[0]
      return new CursorFile(handle, newest ?? { ...beginning, turn: 0 })
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get cursor(): Cursor {
    return this.#cursor
  }

  write(cursor: Cursor): void {
    const turn = this.#turn + 1
    const text = JSON.stringify({ turn, ...cursor }).padEnd(slotBytes - 1)
    // The page cache takes it in microseconds, which a way through the thread pool would multiply.
    writeSync(this.#handle.fd, `${text}\n`, (turn % 2) * slotBytes)
    this.#turn = turn
    this.#cursor = cursor
    this.#isSynced = false
  }

  /** Makes what was written survive a power failure. */
  async sync(): Promise<void> {
    if (this.#isSynced) return
    this.#isSynced = true
    await this.#handle.datasync().catch((error) => {
      this.#isSynced = false
      throw error
    })
  }

  async close(): Promise<void> {
    try {
      await this.sync()
    } finally {
      await this.#handle.close()
    }
  }
}

function parseSlot(slot: string): (Cursor & { readonly turn: number }) | undefined {
  try {
    const { turn, taken, begun } = JSON.parse(slot)
    const isCursor =
      Number.isSafeInteger(turn) && Number.isSafeInteger(taken.sequence) && typeof taken.hash === 'string'
    if (!isCursor) return undefined
    // What ends before it begins would never be sent, nor anything behind it.
    const isBegun = begun?.upTo > taken.sequence && [begun.upTo, begun.at].every(Number.isSafeInteger)
    return { turn, taken, ...(isBegun ? { begun } : {}) }
  } catch {
    return undefined
  }
}
