import { join } from 'node:path'
import { openJournal } from '../packages/server/src/audit/file/journal-file.ts'
import { openIndex } from '../packages/server/src/audit/index/open-index.ts'
import type { Trail, TrailQuery } from '../packages/server/src/audit/trail.ts'
import { median } from './median.ts'
import { account, keyArn, keyCount, recordOf, region } from './trail-records.ts'

/** How long the first page of a question takes, among a million records. */
export interface LookupTime {
  readonly name: string
  /** The very first question, to an index that was just opened and whose thread runs. */
  readonly firstMs: number
  readonly medianMs: number
  /** 99 of 100 questions take no longer. */
  readonly p99Ms: number
}

const recordCount = 1_000_000
const batch = 1000
const questions = 200
/** A page of LookupEvents, and one more, which tells whether there is another page. */
const pageEvents = 51
const day = 86_400_000
const spanMs = 30 * day

/** Makes a journal of many records, has it indexed, and asks as LookupEvents does. */
export async function measureLookups(directory: string): Promise<readonly LookupTime[]> {
  const end = Math.floor(Date.now() / 1000) * 1000
  const journal = await openJournal({ directory: join(directory, 'trail') })
  const timeOf = (number: number) => end - spanMs + Math.floor((spanMs * number) / recordCount)
  for (let first = 0; first < recordCount; first += batch) {
    const numbers = Array.from({ length: batch }, (_, at) => first + at)
    await Promise.all(numbers.map((number) => journal.append(recordOf(number, timeOf(number)))))
  }
  const open = () =>
    openIndex({
      path: join(directory, 'trail-index.db'),
      directory: join(directory, 'trail'),
      length: () => journal.length(),
      onProblem: () => undefined,
    })
  await once(open(), { account, region, limit: 1 })
  const rows: LookupTime[] = []
  for (const [name, question] of questionsOf(end)) rows.push(await timed(name, open(), question))
  await journal.close()
  return rows
}

function questionsOf(end: number): readonly [name: string, question: (number: number) => TrailQuery][] {
  const page = { account, region, limit: pageEvents }
  const byKey = (number: number) =>
    ({ ...page, attribute: { name: 'ResourceName', value: keyArn((number * 7919) % keyCount) } }) as const
  // Some days of the thirty, other ones for every question.
  const within = (number: number) => ({ to: end - ((number * 37) % 25) * day, from: end - spanMs })
  return [
    ['by key', byKey],
    ['by key and time', (number) => ({ ...byKey(number), ...within(number) })],
    ['by time', (number) => ({ ...page, ...within(number) })],
  ]
}

async function once(trail: Trail, query: TrailQuery): Promise<void> {
  await trail.find(query)
  await trail.close()
}

async function timed(
  name: string,
  trail: Trail,
  question: (number: number) => TrailQuery,
): Promise<LookupTime> {
  await trail.find({ account: 'nobody', region, limit: 1 })
  const times: number[] = []
  for (let number = 0; number < questions; number += 1) {
    const begun = performance.now()
    const found = await trail.find(question(number))
    times.push(performance.now() - begun)
    if (found.length !== pageEvents) throw new Error(`${name}: ${found.length} events are no full page`)
  }
  await trail.close()
  const [firstMs = Number.NaN, ...others] = times
  const p99Ms = others.toSorted((one, other) => one - other)[Math.floor(others.length * 0.99)] ?? Number.NaN
  return { name, firstMs, medianMs: median(others), p99Ms }
}
