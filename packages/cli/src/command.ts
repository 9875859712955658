import type { Readable, Writable } from 'node:stream'

/** What a command may touch of the world; a test brings its own. */
export interface Io {
  readonly stdin: Readable
  /** Data: what the command was asked for, fit to be piped. */
  readonly stdout: Writable
  /** What is said to a person. */
  readonly stderr: Writable
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Resolves when the process is asked to end. Who has read it must end by himself; all others are ended. */
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

/** The words a command takes besides its flags: one, or as many as are typed. */
export interface Argument {
  readonly name: string
  readonly many?: true
  readonly meaning: string
}

/** What a command was given to read: a flag without a value is `true`, one that was not typed is absent. */
export type Flags = Readonly<Record<string, string | true | undefined>>

/** One command of the command line, as a value. Its name and summary stand in `commands/index.ts`. */
export interface Command {
  readonly flags: readonly Flag[]
  /** Absent for a command that takes no further words; where it is there, one word is needed. */
  readonly argument?: Argument
  /** Further help, below the flags. */
  readonly notes?: readonly string[]
  run(flags: Flags, io: Io, words: readonly string[]): Promise<ExitCode>
}

/** A command as it is known before it is loaded, which is all that a list of commands needs. */
export interface CommandEntry {
  /** As typed, `audit verify`. */
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}
