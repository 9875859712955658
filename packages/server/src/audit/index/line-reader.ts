import { closeSync, openSync, readSync } from 'node:fs'
import { blockBytes, inflateBlock } from '../file/blocks.ts'
import { compressedPath, segmentPath } from '../file/segments.ts'

/** Where a line is: its bytes in the plain form of its segment. */
export interface LinePlace {
  readonly segment: number
  readonly offset: number
  readonly length: number
}

/** An open segment, in whichever form it was found. */
interface OpenSegment {
  readonly descriptor: number
  readonly isCompressed: boolean
}

/**
 * Reads single lines of a journal, for as long as a page takes: files that it holds open take their room on the disk
 * even when they are removed. It does so synchronously, for a thread that has nothing else to do: a page is fifty small
 * reads, and a way through the thread pool for each would cost more than they do, and hold up the service's own.
 */
export class LineReader {
  readonly #directory: string
  readonly #startsOf: (segment: number) => readonly number[]
  readonly #open = new Map<number, OpenSegment>()
  /** The block that was inflated last: the lines of a page may be neighbours. */
  #block: { readonly segment: number; readonly number: number; readonly bytes: Buffer } | undefined

  /** @param startsOf where the blocks of a compressed segment begin */
  constructor(directory: string, startsOf: (segment: number) => readonly number[]) {
    this.#directory = directory
    this.#startsOf = startsOf
  }

  /** One line; `undefined` when its file is not there any more. */
  read({ segment, offset, length }: LinePlace): string | undefined {
    const file = this.#segment(segment)
    if (file === undefined) return undefined
    if (!file.isCompressed) return readPiece(file.descriptor, offset, length).toString()
    const pieces: Buffer[] = []
    for (let at = offset; at < offset + length; ) {
      const number = Math.floor(at / blockBytes)
      const bytes = this.#inflated(file, segment, number)
      const start = at - number * blockBytes
      const piece = bytes.subarray(start, start + offset + length - at)
      if (piece.length === 0) throw new Error('a line lies within its segment')
      pieces.push(piece)
      at += piece.length
    }
    return Buffer.concat(pieces).toString()
  }

  close(): void {
    for (const { descriptor } of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }

  #inflated({ descriptor }: OpenSegment, segment: number, number: number): Buffer {
    if (this.#block?.segment === segment && this.#block.number === number) return this.#block.bytes
    const starts = this.#startsOf(segment)
    const [start, end] = [starts[number], starts[number + 1]]
    if (start === undefined || end === undefined) throw new Error('a line lies within its segment')
    const bytes = inflateBlock(readPiece(descriptor, start, end - start))
    this.#block = { segment, number, bytes }
    return bytes
  }

  #segment(segment: number): OpenSegment | undefined {
    let file = this.#open.get(segment)
    if (file === undefined) {
      file = openEither(this.#directory, segment)
      if (file !== undefined) this.#open.set(segment, file)
    }
    return file
  }
}

function openEither(directory: string, segment: number): OpenSegment | undefined {
  const plain = openIfThere(segmentPath(directory, segment))
  if (plain !== undefined) return { descriptor: plain, isCompressed: false }
  const compressed = openIfThere(compressedPath(directory, segment))
  return compressed === undefined ? undefined : { descriptor: compressed, isCompressed: true }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

function readPiece(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  if (readSync(descriptor, bytes, 0, length, offset) < length)
    throw new Error('a line lies within its segment')
  return bytes
}
