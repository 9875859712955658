/** The public face of the service: start it, or have it without a network. */

export * from './asking.ts'
export { readHead } from './audit/file/head.ts'
export { parseLink } from './audit/file/line.ts'
export { type JournalPlace, type LineBatch, linesFrom } from './audit/file/lines-from.ts'
export { listSegments, Unreadable } from './audit/file/segments.ts'
export { type Verification, verifyJournal } from './audit/file/verify-journal.ts'
export { IndexReader, type WordQuery } from './audit/index/index-reader.ts'
export { indexPath } from './audit/index/tables.ts'
export type { Journal, JournalEnd, JournalFault, Position } from './audit/journal.ts'
export { CannotStart } from './base/cannot-start.ts'
export { type Chance, systemChance } from './base/chance.ts'
export { type Clock, systemClock } from './base/clock.ts'
export type { Call, Caller, Connection } from './call/call.ts'
export { credentialsProfile } from './first-start.ts'
export { type Claviger, start, type World } from './main.ts'
export { operations } from './operations/index.ts'
export { Refusal } from './protocol/errors.ts'
export type { Service } from './service.ts'
export {
  environmentVariableOf,
  flagOf,
  type LogLevel,
  readSettings,
  type SettingName,
  type Settings,
  settingNames,
  settings,
} from './settings.ts'
export { journalKeyPath } from './signed-journal.ts'
