import { parseArgs } from 'node:util'
import { CannotStart } from '@claviger/server'
import { type Command, type ExitCode, exitCode, type Io } from './command.ts'
import { commands } from './commands/index.ts'
import { commandHelp, generalHelp } from './help.ts'
import { version } from './package-version.ts'
import { say, sayError } from './terminal.ts'

/** Finds the command that was typed, reads its flags and runs it. */
export async function runCommandLine(typed: readonly string[], io: Io): Promise<ExitCode> {
  const [first] = typed
  if (first === undefined || ['help', '--help', '-h'].includes(first)) return help(typed.slice(1), io)
  if (['version', '--version', '-v'].includes(first)) {
    say(io.stdout, version)
    return exitCode.yes
  }
  const command = findCommand(typed)
  if (command === undefined) {
    const words = typed.filter((word) => !word.startsWith('-')).join(' ') || first
    sayError(io.stderr, `there is no command \`${words}\``, '`claviger help` lists them')
    return exitCode.usedWrongly
  }
  const flags = readFlags(command, typed.slice(command.name.split(' ').length))
  if (typeof flags === 'string') {
    sayError(io.stderr, flags, `\`claviger help ${command.name}\` lists its flags`)
    return exitCode.usedWrongly
  }
  if (flags.help !== undefined) {
    say(io.stdout, ...commandHelp(command))
    return exitCode.yes
  }
  return runSafely(command, flags, io)
}

type Flags = Readonly<Record<string, string | true | undefined>>

async function runSafely(command: Command, flags: Flags, io: Io): Promise<ExitCode> {
  try {
    return await command.run(flags, io)
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error
    sayError(io.stderr, error.message)
    return exitCode.failed
  }
}

function help(words: readonly string[], io: Io): ExitCode {
  const command = findCommand(words)
  say(io.stdout, ...(command === undefined ? generalHelp(commands) : commandHelp(command)))
  return exitCode.yes
}

function findCommand(words: readonly string[]): Command | undefined {
  return commands.find((command) => {
    const name = command.name.split(' ')
    return name.every((word, index) => words[index] === word)
  })
}

/** The flags, or a sentence about what is wrong with them. */
function readFlags(command: Command, words: readonly string[]): Flags | string {
  const flags = [...command.flags, { name: 'help', meaning: '' }]
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    if (positionals[0] !== undefined) return `\`${positionals[0]}\` is one word too many`
    return values as Flags
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      return `there is no flag ${/'([^']+)'/.exec(message)?.[1]?.replace(/^/, '`').replace(/$/, '`') ?? 'like that'}`
    }
    const name = /'(--[^ ']+)/.exec(message)?.[1]
    return name === undefined ? 'the flags cannot be read' : `\`${name}\` needs a value, or takes none`
  }
}
