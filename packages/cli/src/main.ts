import { type ExitCode, exitCode, type Io } from './command.ts'
import { runCommandLine } from './run-command-line.ts'

/** The process: its arguments, streams and signals, and the exit code in the end. */

let stopped: Promise<string> | undefined

// Signals are caught only for a command that asks to hear of them; the others just end.
function hearSignals(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
}

// Whoever reads our output may have seen enough (`claviger … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCode.yes)
})

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  get stopped() {
    stopped ??= hearSignals()
    return stopped
  },
}

const code: ExitCode = await runCommandLine(process.argv.slice(2), io).catch((error: unknown) => {
  process.stderr.write(
    `claviger: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return exitCode.failed
})
process.exitCode = code
