import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { lineBytesMost } from './line.ts'

/** A journal is files of some size each, numbered from 1; only the last one grows. */
export function segmentPath(directory: string, segment: number): string {
  return join(directory, `journal-${String(segment).padStart(8, '0')}.jsonl`)
}

/** A segment that is closed is compressed, under this name. */
export function compressedPath(directory: string, segment: number): string {
  return `${segmentPath(directory, segment)}.gz`
}

/** A segment as it lies there. */
interface SegmentName {
  readonly segment: number
  readonly isCompressed: boolean
}

/** What is there of segments, in order; one that is being compressed may be there in both forms. */
export async function segmentNames(directory: string): Promise<SegmentName[]> {
  const names = await readdir(directory)
  return names
    .map((name) => /^journal-(\d{8})\.jsonl(\.gz)?$/.exec(name))
    .filter((match) => match !== null)
    .map(([, digits, gz]) => ({ segment: Number(digits), isCompressed: gz !== undefined }))
    .filter(({ segment }) => segment > 0)
    .sort((left, right) => left.segment - right.segment)
}

/** The numbers of the segments that are there, in order. */
export async function listSegments(directory: string): Promise<number[]> {
  return [...new Set((await segmentNames(directory)).map(({ segment }) => segment))]
}

const chunkBytes = 1 << 20
const newline = 0x0a

/** A segment in which something cannot be read that was written. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/**
 * The beginning of a line of which the end was not read yet. No more is held than a line can be long, however far away the
 * next newline is: what nobody wrote must not take the memory.
 */
export class OpenLine {
  readonly #segment: number
  #parts: Buffer[] = []
  #length = 0

  constructor(segment: number) {
    this.#segment = segment
  }

  get length(): number {
    return this.#length
  }

  add(piece: Buffer): void {
    this.#length += piece.length
    if (this.#length > lineBytesMost) this.#parts = []
    else this.#parts.push(piece)
  }

  /** The whole line, given its last piece. @throws Unreadable when it is longer than any that was written */
  end(piece: Buffer): Buffer {
    const [parts, length] = [this.#parts, this.#length + piece.length]
    this.#parts = []
    this.#length = 0
    if (length > lineBytesMost) {
      throw new Unreadable(
        `segment ${this.#segment} of the audit journal has a line of ${length} bytes, and none is so long`,
      )
    }
    return parts.length === 0 ? piece : Buffer.concat([...parts, piece])
  }
}

/**
 * Hands each whole line of a segment to `visit`, without its newline and valid only during the visit, until that
 * says to stop. Gives back how many bytes stand behind the last newline. Needs the memory of one line, however
 * long the segment, and reads it whether it is compressed or not.
 *
 * @param onBytes told of every piece as it is read, in bytes of the file
 * @throws Unreadable when a compressed segment is damaged, or a line is longer than any that was written
 */
export async function readLines(
  directory: string,
  segment: number,
  visit: (line: Buffer) => 'stop' | undefined,
  onBytes?: (count: number) => void,
): Promise<number> {
  const plain = await readPlain({ directory, segment }, visit, onBytes)
  if (plain !== undefined) return plain
  return visitLines(segment, inflated(compressedPath(directory, segment), { onBytes }), visit)
}

async function readPlain(
  { directory, segment }: { readonly directory: string; readonly segment: number },
  visit: (line: Buffer) => 'stop' | undefined,
  onBytes: ((count: number) => void) | undefined,
): Promise<number | undefined> {
  const file = createReadStream(segmentPath(directory, segment), { highWaterMark: chunkBytes })
  try {
    return await visitLines(segment, counted(file, onBytes), visit)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  } finally {
    file.destroy()
  }
}

/**
 * What is in a compressed segment, from its beginning or from a block that begins at `start`.
 *
 * @param onBytes told of every piece as it is read, in bytes of the file
 * @throws Unreadable when it is damaged
 */
export async function* inflated(
  path: string,
  {
    start = 0,
    onBytes,
  }: { readonly start?: number; readonly onBytes?: ((count: number) => void) | undefined },
): AsyncGenerator<Buffer, void> {
  const file = createReadStream(path, { start, highWaterMark: chunkBytes })
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  if (onBytes !== undefined) file.on('data', (chunk) => onBytes(chunk.length))
  file.on('error', (error) => gunzip.destroy(error))
  try {
    yield* file.pipe(gunzip)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code?.startsWith('Z_')) throw new Unreadable(`${path} cannot be decompressed`, { cause })
    throw cause
  } finally {
    file.destroy()
    gunzip.destroy()
  }
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  onBytes: ((count: number) => void) | undefined,
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

async function visitLines(
  segment: number,
  chunks: AsyncIterable<Buffer>,
  visit: (line: Buffer) => 'stop' | undefined,
): Promise<number> {
  const open = new OpenLine(segment)
  for await (const chunk of chunks) {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(newline, start)
      if (end < 0) break
      if (visit(open.end(chunk.subarray(start, end))) === 'stop') return 0
      start = end + 1
    }
    if (start < chunk.length) open.add(Buffer.from(chunk.subarray(start)))
  }
  return open.length
}
