/**
 * Bytes that arrive in pieces, in one place. It grows with what has come and not with what was announced: whoever
 * announces a megabyte and sends nothing holds nothing of ours.
 */
export class GrowingBuffer {
  readonly #bytesMost: number
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0

  constructor(bytesMost: number) {
    this.#bytesMost = bytesMost
  }

  get length(): number {
    return this.#length
  }

  /** What it takes up in memory. */
  get heldBytes(): number {
    return this.#bytes.length
  }

  /** How many more bytes fit. */
  get roomBytes(): number {
    return this.#bytesMost - this.#length
  }

  add(piece: Uint8Array): void {
    const wanted = this.#length + piece.length
    if (wanted > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#bytesMost, Math.max(4096, wanted, this.#length * 2)))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.#length)
    this.#length = wanted
  }

  /** All of it; nothing is added after that. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
