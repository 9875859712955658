import { join } from 'node:path'
import { CannotStart, verifyJournal } from '@claviger/server'
import { type Command, exitCode } from '../command.ts'
import { say, sayError } from '../terminal.ts'

export const auditVerify: Command = {
  flags: [{ name: 'data-dir', value: 'directory', meaning: 'the data directory (default .claviger)' }],
  async run(flags, io) {
    const directory = join(
      String(flags['data-dir'] ?? io.environment.CLAVIGER_DATA_DIR ?? '.claviger'),
      'audit',
    )
    const result = await verifyJournal(directory).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT'
        ? new CannotStart(`there is no audit journal in ${directory}`, { cause })
        : cause
    })
    if ('fault' in result) {
      sayError(
        io.stderr,
        `the journal in ${directory} is not what was written: line ${result.line} of segment ${result.segment} is ${words[result.fault]}`,
      )
      return exitCode.no
    }
    say(io.stdout, `${result.lines} records, ends with ${result.lastHash}`)
    return exitCode.yes
  },
}

const words = {
  changed: 'changed, or the one before it',
  missing: 'missing',
  reordered: 'out of order',
  cut: 'cut off',
} as const
