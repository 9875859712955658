import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import {
  type JournalPlace,
  journalKeyPath,
  linesFrom,
  listSegments,
  parseLink,
  readHead,
  Unreadable,
} from '@claviger/server'
import { type Found, recordIn, type Search } from './search-journal.ts'

/** How often the journal is looked at. */
const pauseMs = 250

/**
 * The records that are wanted of those that come from now on, until it is to stop. What the journal has not signed as
 * its end is not shown yet: it may not be durable, and then be taken back. It goes from one file to the next, whether
 * they are compressed meanwhile or not.
 */
export async function* followJournal(
  search: Search,
  begin: JournalPlace,
  stopped: AbortSignal,
): AsyncGenerator<Found, void> {
  let place = begin
  while (!stopped.aborted) {
    const last = (await listSegments(search.directory)).findLast((segment) => segment >= place.segment)
    // What was written last to a file was durable before the next one began, whether it was signed as the end or not.
    const isClosed = last !== undefined && last > place.segment
    const durable = isClosed ? Number.POSITIVE_INFINITY : await durableSequence(search.directory)
    const batch = last === undefined ? undefined : await nextLines(search.directory, place, durable)
    if (batch !== undefined) {
      for (const line of batch.lines) {
        const found = parseLink(line)?.content === 'record' ? recordIn(line) : undefined
        if (found !== undefined && search.matches(found.record)) yield found
      }
      place = { segment: place.segment, offset: batch.end }
    } else if (isClosed) {
      place = { segment: place.segment + 1, offset: 0 }
    } else {
      await setTimeout(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
    }
  }
}

/** Behind the last whole line that is there. */
export async function endOf(directory: string): Promise<JournalPlace> {
  const segment = (await listSegments(directory)).at(-1) ?? 1
  let offset = 0
  for await (const { end } of linesFrom(directory, { segment, offset })) offset = end
  return { segment, offset }
}

/** Whole durable lines at a place, and where the next begins; nothing when there is none. */
async function nextLines(directory: string, { segment, offset }: JournalPlace, durable: number) {
  try {
    for await (const { lines, end } of linesFrom(directory, { segment, offset })) {
      const beyond = lines.findIndex((line) => (parseLink(line)?.sequence ?? 0) > durable)
      if (beyond < 0) return { lines, end }
      const rest = lines.slice(beyond).reduce((sum, line) => sum + line.length + 1, 0)
      return beyond === 0 ? undefined : { lines: lines.slice(0, beyond), end: end - rest }
    }
  } catch (error) {
    // Removed since the files were listed, or damaged: newer ones are not.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof Unreadable)) throw error
  }
  return undefined
}

/** The number of the line that was signed as the last; every number where nothing is signed. */
async function durableSequence(directory: string): Promise<number> {
  const publicKey = await readFile(journalKeyPath(directory), 'utf8').catch(() => undefined)
  const head = publicKey === undefined ? 'absent' : await readHead(directory, publicKey)
  return typeof head === 'string' ? Number.POSITIVE_INFINITY : head.sequence
}
