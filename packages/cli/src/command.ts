import type { Readable, Writable } from 'node:stream'

/** What a command may touch of the world; a test brings its own. */
export interface Io {
  readonly stdin: Readable
  /** Data: what the command was asked for, fit to be piped. */
  readonly stdout: Writable
  /** What is said to a person. */
  readonly stderr: Writable
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Resolves when the process is asked to end. */
  readonly stopped: Promise<string>
}

/** Whether it went as asked: yes, no, we were used wrongly, we failed. */
export const exitCode = { yes: 0, no: 1, usedWrongly: 2, failed: 3 } as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** A flag of a command. One without a value name is either there or not. */
export interface Flag {
  readonly name: string
  readonly value?: string
  readonly meaning: string
}

/** One command of the command line, as a value: to add one, write its file and a line in `commands/index.ts`. */
export interface Command {
  /** As typed, `audit verify`. */
  readonly name: string
  readonly summary: string
  readonly flags: readonly Flag[]
  /** Further help, below the flags. */
  readonly notes?: readonly string[]
  run(flags: Readonly<Record<string, string | true | undefined>>, io: Io): Promise<ExitCode>
}
