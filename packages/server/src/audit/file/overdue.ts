import { stat } from 'node:fs/promises'
import type { JournalLength } from '../journal.ts'
import type { JournalKey } from '../journal-key.ts'
import type { Retention } from '../retention.ts'
import { parseLink } from './line.ts'
import { linkedLines } from './linked-lines.ts'
import { compressedPath, segmentNames, segmentPath } from './segments.ts'
import { vouchedBeginning, weigh } from './weigh.ts'
import { readWeights, type Weight, writeWeights } from './weights.ts'

interface Limits {
  readonly directory: string
  readonly retention: Retention
  readonly key: JournalKey
  readonly written: () => JournalLength
}

/** A file beyond a limit, and the hash of its last line. */
interface Overdue {
  readonly segment: number
  readonly hash: string
}

/** A file, in whichever form it lies there. */
interface Lying {
  readonly segment: number
  readonly bytes: number
}

/** How a file ends. */
interface End {
  readonly hash: string
  /** When the last event in it happened. */
  readonly at: number
}

/**
 * Finds the oldest files, as many as are beyond a limit. Whoever can write to the files, and not sign, must not have us
 * delete what is not due: times count only where the next file bears them out, and sizes only under a signature.
 */
export function overdueFiles(settings: Limits): (now: number) => Promise<readonly Overdue[]> {
  const { directory, retention, written } = settings
  const { ageMs = Number.POSITIVE_INFINITY } = retention
  const tooMuch = tooMuchIn(settings)
  /** How files end that were looked at and kept: a closed one does not change. */
  const ends = new Map<number, End>()
  return async (now) => {
    const length = written()
    const lying = (await lyingSegments(directory)).filter(({ segment }) => segment <= length.segment)
    const lastTooMuch = await tooMuch(lying, length)
    const overdue: Overdue[] = []
    // The last is being written, and the one before may hold the last line that was signed.
    for (const { segment } of lying.filter((each) => each.segment < length.segment - 1)) {
      const end = ends.get(segment) ?? (await endOf(directory, segment))
      ends.set(segment, end)
      if (segment > lastTooMuch && now - end.at <= ageMs) break
      overdue.push({ segment, hash: end.hash })
    }
    for (const segment of ends.keys()) if (segment < (lying[0]?.segment ?? 0)) ends.delete(segment)
    return overdue
  }
}

/** How much is weighed at a time, as it lies there: the chores go on, and the service can end. */
const weighedMost = 64 << 20

/**
 * Finds the last file that is too much: the limit has room for those behind it. Nothing is read as long as all together
 * lie within the limit. Else each file is weighed once, newest first, and held to what the next one calls `previous`; of
 * the file that is being written, a signature vouches for that.
 */
function tooMuchIn({ directory, retention, key }: Limits) {
  const { bytesMost = Number.POSITIVE_INFINITY } = retention
  let weights: Map<number, Weight> | undefined
  return async (lying: readonly Lying[], { segment, length }: JournalLength): Promise<number> => {
    if (sumOf(lying) <= bytesMost) return 0
    const beginning = await vouchedBeginning(directory, segment, key.publicKey)
    if (beginning === undefined) return 0
    weights ??= new Map(await readWeights(directory, key.publicKey))
    const fresh: Lying[] = []
    let { previous } = beginning
    let left = bytesMost - length
    try {
      for (const file of lying.filter((each) => each.segment < segment).toReversed()) {
        if (left < 0) return file.segment
        let weight = weights.get(file.segment)
        if (weight?.hash !== previous) {
          if (sumOf(fresh) > weighedMost) return 0
          weight = await weigh(directory, file.segment, previous)
          weights.set(file.segment, weight)
          fresh.push(file)
        }
        previous = weight.previous
        left -= Math.min(file.bytes, weight.bytes)
        if (left < 0) return file.segment
      }
      return 0
    } finally {
      for (const each of weights.keys()) if (each < (lying[0]?.segment ?? 0)) weights.delete(each)
      if (fresh.length > 0) await writeWeights(directory, [...weights.values()], key)
    }
  }
}

function sumOf(files: readonly Lying[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** All files in order, with what they take on the disk. */
async function lyingSegments(directory: string): Promise<readonly Lying[]> {
  const names = await segmentNames(directory)
  const segments = [...new Set(names.map(({ segment }) => segment))]
  return Promise.all(
    segments.map(async (segment) => {
      const isPlain = names.some((name) => name.segment === segment && !name.isCompressed)
      const { size } = await stat((isPlain ? segmentPath : compressedPath)(directory, segment))
      return { segment, bytes: size }
    }),
  )
}

/**
 * Every line is held to the one before, and the last by whoever calls to the next file: else whoever can write to the
 * files, and not sign, would have us delete what is not old, by the time in some record before the last line.
 */
async function endOf(directory: string, segment: number): Promise<End> {
  let end: End = { hash: '', at: 0 }
  for await (const { lines, hash } of linkedLines(directory, segment)) {
    const record = lines.findLast((line) => parseLink(line)?.content === 'record')
    const time = record === undefined ? Number.NaN : eventTimeOf(record)
    end = { hash, at: Number.isNaN(time) ? end.at : time }
  }
  return end
}

function eventTimeOf(line: Buffer): number {
  const { record } = JSON.parse(line.toString()) as { record?: { eventTime?: unknown } }
  return Date.parse(String(record?.eventTime))
}
