import { open, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, deflateRaw, inflateRaw } from 'node:zlib'

/**
 * Closed segments are compressed in blocks, so that one line can be read without the megabytes before it: the BGZF
 * form of gzip (SAM/BAM Format Specification §4.1), in which every block is a gzip member (RFC 1952) of at most 64 KiB
 * that says in an extra field how long it is. Any gzip reads it.
 */

/** How much of the plain file is in one block; bgzip takes as much, so that no block can outgrow its length field. */
export const blockBytes = 0xff00

const headerBytes = 18
const trailerBytes = 8

const deflate = promisify<Uint8Array, Buffer>(deflateRaw)
const inflate = promisify<Uint8Array, Buffer>(inflateRaw)

/** One block: at most `blockBytes` of the plain file, as a gzip member. */
export async function compressBlock(plain: Uint8Array): Promise<Buffer> {
  const body = await deflate(plain)
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
  const bytes = await readFile(path)
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

/** Reads a piece of the plain file out of the compressed one. */
export async function readPiece(
  path: string,
  starts: readonly number[],
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Buffer> {
  const first = Math.floor(offset / blockBytes)
  const last = Math.floor((offset + length - 1) / blockBytes)
  const handle = await open(path, 'r')
  try {
    const blocks: Buffer[] = []
    for (let block = first; block <= last; block += 1) {
      const [start, end] = [starts[block], starts[block + 1]]
      if (start === undefined || end === undefined) throw new Error('a piece lies within its file')
      const compressed = Buffer.alloc(end - start)
      await handle.read(compressed, 0, compressed.length, start)
      blocks.push(await inflate(compressed.subarray(headerBytes, -trailerBytes)))
    }
    const from = offset - first * blockBytes
    return Buffer.concat(blocks).subarray(from, from + length)
  } finally {
    await handle.close()
  }
}
