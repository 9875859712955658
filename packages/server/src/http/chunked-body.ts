/** The size of a chunk, and what may follow it: extensions, which nobody understands and everybody ignores. */
const sizeLine = /^([0-9A-Fa-f]{1,8})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/
const sizeLineBytesMost = 256

/** A line after the last chunk. It must look like a header, and means nothing (RFC 9110 §6.5.1). */
const trailerLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/
const trailerBytesMost = 8192

/** Where the data of a chunk goes. */
interface Sink {
  /** How many more bytes it takes. */
  readonly roomBytes: number
  add(bytes: Buffer): void
}

/** How far a body has come: `more` is to follow, or it is over, or it never will be. */
export type ChunkProgress = 'more' | 'over' | 'not HTTP' | 'body too long'

/**
 * Reads a body in chunks (RFC 9112 §7.1) as it comes, in pieces of whatever length. Strictly: what one reader takes
 * for the end of a chunk and another does not lets a request be smuggled in.
 */
export class ChunkedBody {
  #state: 'size' | 'data' | 'data end' | 'trailer' = 'size'
  /** The beginning of a line whose end is yet to come. */
  #line = ''
  /** Of the chunk that is being read. */
  #left = 0
  #trailerBytes = 0
  #at = 0

  /** How much of the piece last read belonged to this body. */
  get readBytes(): number {
    return this.#at
  }

  read(piece: Buffer, sink: Sink): ChunkProgress {
    this.#at = 0
    while (this.#at < piece.length) {
      const progress = this.#state === 'data' ? this.#readData(piece, sink) : this.#readLine(piece, sink)
      if (progress !== 'more') return progress
    }
    return 'more'
  }

  #readData(piece: Buffer, sink: Sink): ChunkProgress {
    const end = Math.min(piece.length, this.#at + this.#left)
    sink.add(piece.subarray(this.#at, end))
    this.#left -= end - this.#at
    this.#at = end
    if (this.#left === 0) this.#state = 'data end'
    return 'more'
  }

  #readLine(piece: Buffer, sink: Sink): ChunkProgress {
    const most = this.#state === 'trailer' ? trailerBytesMost : sizeLineBytesMost
    const feed = piece.indexOf(0x0a, this.#at)
    const end = feed < 0 ? piece.length : feed + 1
    if (this.#line.length + end - this.#at > most + 2) return 'not HTTP'
    this.#line += piece.toString('latin1', this.#at, end)
    this.#at = end
    if (feed < 0) return 'more'
    if (!this.#line.endsWith('\r\n')) return 'not HTTP'
    const line = this.#line.slice(0, -2)
    this.#line = ''
    return this.#takeLine(line, sink)
  }

  #takeLine(line: string, { roomBytes }: Sink): ChunkProgress {
    if (this.#state === 'trailer') return this.#takeTrailer(line)
    if (this.#state === 'data end') {
      this.#state = 'size'
      return line === '' ? 'more' : 'not HTTP'
    }
    const [, digits] = sizeLine.exec(line) ?? []
    if (digits === undefined) return 'not HTTP'
    this.#left = Number.parseInt(digits, 16)
    if (this.#left > roomBytes) return 'body too long'
    this.#state = this.#left === 0 ? 'trailer' : 'data'
    return 'more'
  }

  #takeTrailer(line: string): ChunkProgress {
    if (line === '') return 'over'
    this.#trailerBytes += line.length
    return trailerLine.test(line) && this.#trailerBytes <= trailerBytesMost ? 'more' : 'not HTTP'
  }
}
