import { type ExitCode, exitCode, type Io } from './command.ts'
import { runCommandLine } from './run-command-line.ts'

/** The process: its arguments, streams and signals, and the exit code in the end. */

const stopped = new Promise<string>((resolve) => {
  process.once('SIGTERM', resolve)
  process.once('SIGINT', resolve)
})

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  stopped,
}

const code: ExitCode = await runCommandLine(process.argv.slice(2), io).catch((error: unknown) => {
  process.stderr.write(
    `claviger: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return exitCode.failed
})
process.exitCode = code
