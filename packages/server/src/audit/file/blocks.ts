import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, deflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib'

/**
 * Closed segments are compressed in blocks, so that one line can be read without the megabytes before it: the BGZF
 * form of gzip (SAM/BAM Format Specification §4.1), in which every block is a gzip member (RFC 1952) of at most 64 KiB
 * that says in an extra field how long it is. Any gzip reads it.
 */

/** How much of the plain file is in one block; bgzip takes as much, so that no block can outgrow its length field. */
export const blockBytes = 0xff00

const headerBytes = 18
const trailerBytes = 8

/** Records are so much alike that the quickest level leaves a twentieth more than the usual one, in half of its time. */
const deflateLevel = 1

const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** One block: at most `blockBytes` of the plain file, as a gzip member. */
export async function compressBlock(plain: Uint8Array): Promise<Buffer> {
  const body = await deflate(plain, { level: deflateLevel })
  const header = Buffer.from('1f8b08040000000000ff0600424302000000', 'hex')
  header.writeUInt16LE(headerBytes + body.length + trailerBytes - 1, 16)
  const trailer = Buffer.alloc(trailerBytes)
  trailer.writeUInt32LE(crc32(plain), 0)
  trailer.writeUInt32LE(plain.length, 4)
  return Buffer.concat([header, body, trailer])
}

/** Where each block of a compressed file begins, and where the last ends. @throws Error for a file not made of blocks */
export async function blockStarts(path: string): Promise<readonly number[]> {
  // A segment is some megabytes when it is compressed: read at once, that takes less time than a thousand headers.
  return startsIn(await readFile(path))
}

/** The same, for a thread that nobody else waits for. */
export function blockStartsSync(path: string): readonly number[] {
  return startsIn(readFileSync(path))
}

function startsIn(bytes: Buffer): readonly number[] {
  const starts = [0]
  for (let start = 0; start < bytes.length; ) {
    if (bytes.toString('latin1', start + 12, start + 14) !== 'BC') {
      throw new Error('a compressed segment is made of blocks')
    }
    start += bytes.readUInt16LE(start + 16) + 1
    starts.push(start)
  }
  return starts
}

/** The piece of the plain file that one block holds. */
export function inflateBlock(block: Uint8Array): Buffer {
  return inflateRawSync(block.subarray(headerBytes, -trailerBytes))
}
