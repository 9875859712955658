import { stat } from 'node:fs/promises'
import type { JournalEnd, JournalFault } from '../journal.ts'
import { readBeginning } from './beginning.ts'
import { readHead } from './head.ts'
import { Reading } from './reading.ts'
import { compressedPath, listSegments, readLines, segmentPath, Unreadable } from './segments.ts'
import { type Moment, signatureCheck } from './signed.ts'

export interface Verification {
  /** Ed25519, PEM: what the journal must be signed with. Without it only the chain of hashes is held to. */
  readonly publicKey?: string
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
}

/**
 * Reads a journal from its first line to its last and says whether it is whole, or where it first is not. Needs
 * nothing but the files and the public key. Without the key it cannot see lines missing from the very end, a change
 * of the last line, or a journal written anew: for that, compare `lastHash` with one that was written down elsewhere.
 */
export async function verifyJournal(
  directory: string,
  { publicKey, onProgress }: Verification = {},
): Promise<JournalEnd | JournalFault> {
  const beginning = await readBeginning(directory, publicKey)
  const first = beginning?.segment ?? 1
  // A crash may have left files that were about to be deleted.
  const segments = (await listSegments(directory)).filter((segment) => segment >= first)
  const count = onProgress && (await counter(directory, segments, onProgress))
  const head = publicKey === undefined ? undefined : await readHead(directory, publicKey)
  const reading = new Reading({
    isSigned: publicKey === undefined ? undefined : signatureCheck(publicKey),
    watched: typeof head === 'object' ? head.sequence : undefined,
    beginning,
  })
  for (let segment = first; segment <= Math.max(first, segments.at(-1) ?? 0); segment += 1) {
    if (!segments.includes(segment)) return reading.verdict ?? { fault: 'missing', segment, line: 1 }
    reading.enter(segment)
    const tornBytes = await linesOf(directory, segment, reading, count)
    if (reading.verdict !== undefined) return reading.verdict
    if (segment === segments.at(-1)) return headed(reading, tornBytes, head)
    if (tornBytes > 0) return reading.here('cut', 1)
  }
  return headed(reading, 0, head)
}

async function linesOf(
  directory: string,
  segment: number,
  reading: Reading,
  count: ((bytes: number) => void) | undefined,
): Promise<number> {
  try {
    return await readLines(directory, segment, (line) => reading.visit(line), count)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    reading.verdict = reading.here('changed', 1)
    return 0
  }
}

/** The end of what was read, held to what was signed as the end. */
function headed(
  reading: Reading,
  tornBytes: number,
  head: Moment | 'absent' | 'unreadable' | undefined,
): JournalEnd | JournalFault {
  const end = reading.end(tornBytes)
  if ('fault' in end || head === undefined) return end
  // Nothing was ever written, so nothing was ever signed.
  if (head === 'absent' && end.lines === 0) return { ...end, unproven: 0 }
  if (typeof head === 'string') return { fault: 'headless', ...reading.position(1) }
  if (head.sequence > end.lines) return { fault: 'cut', ...reading.position(1) }
  if (reading.watchedHash !== head.hash)
    return { fault: 'forged', ...reading.position(0), ...reading.since() }
  return { ...end, unproven: end.lines - head.sequence }
}

async function counter(
  directory: string,
  segments: readonly number[],
  onProgress: NonNullable<Verification['onProgress']>,
): Promise<(bytes: number) => void> {
  const sizes = await Promise.all(segments.map((segment) => sizeOf(directory, segment)))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let read = 0
  return (bytes) => {
    read += bytes
    onProgress(read, total)
  }
}

async function sizeOf(directory: string, segment: number): Promise<number> {
  const plain = await stat(segmentPath(directory, segment)).catch(() => undefined)
  return (plain ?? (await stat(compressedPath(directory, segment)))).size
}
