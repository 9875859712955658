import { parseLink } from './line.ts'
import { listSegments, readLines, Unreadable } from './segments.ts'

/** The lines behind one number, up to and with another. */
interface Range {
  readonly after: number
  readonly upTo: number
}

/**
 * Hands over the records of some lines, oldest first. Lines that are not ours and files that are damaged are left out:
 * they are for the verification to find.
 */
export async function readAfter(
  directory: string,
  { after, upTo }: Range,
  visit: (record: object) => void,
): Promise<void> {
  if (after === upTo) return
  for (const segment of await segmentsAfter(directory, after)) {
    await readSegment(directory, segment, (line) => {
      const link = parseLink(line)
      if (link === undefined || link.sequence <= after) return undefined
      if (link.sequence > upTo) return 'stop'
      const record = link.content === 'record' ? recordIn(line) : undefined
      if (record !== undefined) visit(record)
      return undefined
    })
  }
}

/** Those that may hold lines behind a number: from the last one that begins no later. */
export async function segmentsAfter(directory: string, after: number): Promise<readonly number[]> {
  const segments = await listSegments(directory)
  for (let at = segments.length - 1; at > 0; at -= 1) {
    const first = await firstSequence(directory, segments[at] ?? 0)
    if (first !== undefined && first <= after + 1) return segments.slice(at)
  }
  return segments
}

async function firstSequence(directory: string, segment: number): Promise<number | undefined> {
  let first: number | undefined
  await readSegment(directory, segment, (line) => {
    first = parseLink(line)?.sequence
    return 'stop'
  })
  return first
}

async function readSegment(...reading: Parameters<typeof readLines>): Promise<void> {
  try {
    await readLines(...reading)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
  }
}

function recordIn(line: Buffer): object | undefined {
  try {
    return (JSON.parse(line.toString()) as { record?: object }).record
  } catch {
    return undefined
  }
}
