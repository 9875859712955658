import type { Logger } from 'pino'
import type { DenialRows } from '../access/denial-rows.ts'
import type { JournalLedger } from '../audit/ledger.ts'
import type { Trail } from '../audit/trail.ts'
import type { UsageTracker } from '../audit/usage-tracker.ts'
import type { Uses } from '../catalog/last-uses.ts'
import type { LogLevel } from '../settings.ts'
import type { OwnerAnswers } from './messages.ts'
import { usageIn } from './usage-text.ts'

/** What there is one of, however many threads serve. */
export interface Owned {
  readonly ledger: JournalLedger
  readonly lastUsages: UsageTracker
  readonly lastUses: Uses
  readonly trail: Trail
  readonly denialRows: DenialRows
  readonly log: Logger
}

/** What the owner of these answers its workers. */
export function ownerAnswers({ ledger, lastUsages, lastUses, trail, denialRows, log }: Owned): OwnerAnswers {
  return {
    async append(records, usages) {
      await ledger.appendWritten(records.split('\n'))
      if (usages === '') return
      for (const text of usages.split('\n')) lastUsages.noteUsage(usageIn(text))
    },
    commit: (changes, records) => ledger.commit(changes, ...records),
    writeDenials: (rows) => denialRows.write(rows),
    findEvents: (query) => trail.find(query),
    findKeyLastUsage: (key) => lastUsages.find(key),
    noteUse: (use) => lastUses.note(use),
    findUse: (id) => lastUses.find(id),
    log: (line) => writeLine(line, log),
  }
}

/** A worker's line of log, as if it had been logged here. */
function writeLine(line: string, log: Logger): void {
  const { level, msg, time: _time, ...rest } = JSON.parse(line) as LoggedLine
  const name = (log.levels.labels[level] ?? 'info') as Exclude<LogLevel, 'silent'>
  log[name](rest, msg)
}

interface LoggedLine {
  readonly level: number
  readonly time: number
  readonly msg: string
}
