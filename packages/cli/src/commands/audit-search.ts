import { once } from 'node:events'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { CannotStart, indexPath, type JournalPlace, systemClock } from '@claviger/server'
import { criterionFlags, readCriteria, UsedWrongly } from '../audit-search/criteria.ts'
import { endOf, followJournal } from '../audit-search/follow-journal.ts'
import { readTime } from '../audit-search/read-time.ts'
import {
  type Found,
  newTally,
  type Search,
  searchJournal,
  type Tally,
} from '../audit-search/search-journal.ts'
import { recordLine, titleLine } from '../audit-search/table.ts'
import { type Command, type ExitCode, exitCode, type Flags, type Io } from '../command.ts'
import { harmless, say, sayError } from '../terminal.ts'

export const auditSearch: Command = {
  flags: [
    { name: 'data-dir', value: 'directory', meaning: 'the data directory (default .claviger)' },
    {
      name: 'journal',
      value: 'directory',
      meaning: 'the files of a journal that lie elsewhere, in place of those in the data directory',
    },
    ...criterionFlags,
    {
      name: 'from',
      value: 'time',
      meaning: 'no earlier than this: 2026-11-24, 2026-11-24T09:30Z, or -2h, -7d',
    },
    { name: 'to', value: 'time', meaning: 'no later than this' },
    { name: 'limit', value: 'number', meaning: 'only so many of the newest' },
    {
      name: 'follow',
      meaning: 'go on with what is recorded from now on; without --limit or --from, only that',
    },
    { name: 'json', meaning: 'whole records, one JSON object to a line' },
  ],
  notes: [
    'Needs the files of the journal and nothing else: neither the service nor any secret. Oldest first. Ends with 0 when',
    'something was found, with 1 when nothing was. It does not ask whether the files are as they were written:',
    '`claviger audit verify` does.',
  ],
  async run(flags, io) {
    try {
      return await search(readSearch(flags, io), flags, io)
    } catch (error) {
      if (error instanceof UsedWrongly) {
        sayError(io.stderr, error.message)
        return exitCode.usedWrongly
      }
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      throw new CannotStart(`there is no audit journal in ${directoryOf(flags, io)}`, { cause: error })
    }
  },
}

/** @throws UsedWrongly */
function readSearch(flags: Flags, io: Io): Search {
  const now = systemClock.now()
  const time = (name: 'from' | 'to') =>
    flags[name] === undefined ? undefined : readTime(name, String(flags[name]), now)
  return {
    ...readCriteria(flags),
    directory: directoryOf(flags, io),
    indexPath: flags.journal === undefined ? indexPath(dataDirOf(flags, io)) : undefined,
    from: time('from'),
    to: time('to'),
    limit: readLimit(flags.limit),
  }
}

const dataDirOf = (flags: Flags, { environment }: Io) =>
  String(flags['data-dir'] ?? environment.CLAVIGER_DATA_DIR ?? '.claviger')

const directoryOf = (flags: Flags, io: Io) =>
  typeof flags.journal === 'string' ? flags.journal : join(dataDirOf(flags, io), 'audit')

function readLimit(typed: Flags[string]): number | undefined {
  if (typed === undefined) return undefined
  const limit = Number(typed)
  if (Number.isSafeInteger(limit) && limit > 0) return limit
  throw new UsedWrongly(`\`--limit\` is a number above zero, not \`${typed}\``)
}

async function search(wanted: Search, flags: Flags, io: Io): Promise<ExitCode> {
  const show = shower(flags, io)
  if (flags.follow === undefined) {
    const tally = newTally()
    const begun = performance.now()
    const found = await showFound(wanted, tally, show)
    say(io.stderr, ...remarks(found, tally, performance.now() - begun))
    return found > 0 ? exitCode.yes : exitCode.no
  }
  if (wanted.to !== undefined) throw new UsedWrongly('`--follow` goes on for ever, and takes no `--to`')
  const begin = await followFrom(wanted, show)
  const stop = new AbortController()
  void io.stopped.then(() => stop.abort())
  for await (const each of followJournal(wanted, begin, stop.signal)) await show(each)
  return exitCode.yes
}

/** Shows what is there already, where that was asked for. @returns where to go on */
async function followFrom(wanted: Search, show: Show): Promise<JournalPlace> {
  if (wanted.limit === undefined && wanted.from === undefined) return endOf(wanted.directory)
  const tally = newTally()
  await showFound(wanted, tally, show)
  return tally.end
}

/** @returns how many there were */
async function showFound(wanted: Search, tally: Tally, show: Show): Promise<number> {
  let found = 0
  for await (const each of searchJournal(wanted, tally)) {
    found += 1
    await show(each)
  }
  return found
}

type Show = (found: Found) => Promise<void>

/** Shows a record, and resolves when there is room for another: a million of them are not kept for a slow reader. */
function shower(flags: Flags, { stdout }: Io): Show {
  let isFirst = true
  return async ({ record, json }) => {
    const isTable = flags.json === undefined
    if (isTable && isFirst) say(stdout, titleLine(stdout))
    isFirst = false
    await written(stdout, `${isTable ? recordLine(record, stdout) : harmless(json)}\n`)
  }
}

async function written(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

function remarks(found: number, tally: Tally, milliseconds: number): string[] {
  const { lookedThrough, indexed, damagedLines, damagedSegments } = tally
  const count = (number: number) => number.toLocaleString('en-US')
  const where = indexed ? ', most of the journal by its index' : ''
  return [
    `${count(found)} found; looked through ${count(lookedThrough)} records in ${(milliseconds / 1000).toFixed(1)} s${where}`,
    ...(damagedLines > 0 ? [`${count(damagedLines)} lines are no records`] : []),
    ...damagedSegments.map((segment) => `segment ${segment} cannot be read to its end`),
    ...(damagedLines + damagedSegments.length > 0
      ? ['`claviger audit verify` says what was done to the journal']
      : []),
  ]
}
