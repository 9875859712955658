import { resolve } from 'node:path'
import { NotRunning } from '@claviger/server/asking'
import { exitCode, type Flag, type Flags, type Io } from './command.ts'
import { sayError } from './terminal.ts'

/** How commands that ask the running service are told which one. */
export const dataDirFlag: Flag = {
  name: 'data-dir',
  value: 'directory',
  meaning: 'the data directory of the service (default .claviger)',
}

/**
 * Asks the service that runs on the data directory that was meant. When there is none, that is said, and a command is
 * left with how it ends.
 */
export async function askRunning<A extends object>(
  flags: Flags,
  io: Io,
  ask: (dataDir: string) => Promise<A>,
): Promise<A | typeof exitCode.failed> {
  const dataDir = String(flags['data-dir'] ?? io.environment.CLAVIGER_DATA_DIR ?? '.claviger')
  try {
    return await ask(resolve(dataDir))
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error
    sayError(
      io.stderr,
      `${error.message}, and only the running service can be asked`,
      `\`claviger serve --data-dir ${dataDir}\` starts it; if it runs elsewhere, name its --data-dir`,
    )
    return exitCode.failed
  }
}
