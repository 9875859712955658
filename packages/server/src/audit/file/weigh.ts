import { blockBytes, compressBlock } from './blocks.ts'
import { type Link, parseLink } from './line.ts'
import { linesFrom } from './lines-from.ts'
import { changed, linkedLines } from './linked-lines.ts'
import { signatureCheck, signedText } from './signed.ts'
import type { Weight } from './weights.ts'

const newline = Buffer.from('\n')

/**
 * What a closed file takes on the disk when this service compresses it: its lines are compressed once more, since whoever
 * can write to the files can make one of the same lines as large as he likes.
 *
 * @param hash of its last line, as the next file names it
 * @throws Error when it is not the file that ends so
 */
export async function weigh(directory: string, segment: number, hash: string): Promise<Weight> {
  let [bytes, previous, last] = [0, '', '']
  let plain: Buffer = Buffer.alloc(0)
  for await (const { lines, hash: here } of linkedLines(directory, segment)) {
    if (last === '') previous = (lines[0] && parseLink(lines[0]))?.previous ?? ''
    last = here
    plain = Buffer.concat([plain, ...lines.flatMap((line) => [line, newline])])
    for (; plain.length >= blockBytes; plain = plain.subarray(blockBytes)) {
      bytes += (await compressBlock(plain.subarray(0, blockBytes))).length
    }
  }
  if (last !== hash) throw changed(segment, 'does not end as the next one says')
  if (plain.length > 0) bytes += (await compressBlock(plain)).length
  return { segment, bytes, previous, hash }
}

/**
 * How a file begins, once one of its checkpoints vouches for that: what the first line says of the file before is as
 * much worth as the signature.
 */
export async function vouchedBeginning(
  directory: string,
  segment: number,
  publicKey: string,
): Promise<Link | undefined> {
  const isSigned = signatureCheck(publicKey)
  let first: Link | undefined
  for await (const { lines } of linkedLines(directory, segment)) {
    first ??= lines[0] && parseLink(lines[0])
    for (const line of lines) {
      const link = parseLink(line)
      if (link?.content !== 'checkpoint') continue
      const text = signedText('checkpoint', { sequence: link.sequence - 1, hash: link.previous })
      if (isSigned(text, signatureOf(line))) return first
    }
  }
  return undefined
}

function signatureOf(line: Buffer): string {
  const { checkpoint } = JSON.parse(line.toString()) as { checkpoint?: { signature?: unknown } }
  return String(checkpoint?.signature)
}

/** How a file begins, on nobody's word. @throws Error when it does not begin with a line */
export async function firstLink(directory: string, segment: number): Promise<Link> {
  for await (const { lines } of linesFrom(directory, { segment, offset: 0 })) {
    const link = lines[0] && parseLink(lines[0])
    if (link !== undefined) return link
    break
  }
  throw new Error(`segment ${segment} of the audit journal does not begin as it was written`)
}
