import { parseArgs } from 'node:util'
import {
  type Argument,
  type Command,
  type CommandEntry,
  type ExitCode,
  exitCode,
  type Flags,
  type Io,
} from './command.ts'
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
  const entry = findCommand(typed)
  if (entry === undefined) return noCommand(typed, first, io)
  const command = await entry.load()
  const read = readWords(command, typed.slice(entry.name.split(' ').length))
  if (typeof read === 'string') {
    sayError(io.stderr, read, `\`claviger help ${entry.name}\` says what it takes`)
    return exitCode.usedWrongly
  }
  if (read.flags.help !== undefined) {
    say(io.stdout, ...commandHelp(entry, command))
    return exitCode.yes
  }
  return runSafely(command, read, io)
}

/** What was typed behind the name of the command. */
interface Typed {
  readonly flags: Flags
  readonly words: readonly string[]
}

async function runSafely(command: Command, { flags, words }: Typed, io: Io): Promise<ExitCode> {
  try {
    return await command.run(flags, io, words)
  } catch (error) {
    // The service's class of such errors is known by name: loading it would mean loading the service.
    if (!(error instanceof Error) || error.name !== 'CannotStart') throw error
    sayError(io.stderr, error.message)
    return exitCode.failed
  }
}

function noCommand(typed: readonly string[], first: string, io: Io): ExitCode {
  const words = typed.filter((word) => !word.startsWith('-')).join(' ') || first
  const near = commands.filter(({ name }) => name.startsWith(`${first} `))
  const hint =
    near.length === 0
      ? '`claviger help` lists them'
      : `there is ${near.map(({ name }) => `\`claviger ${name}\``).join(', ')}`
  sayError(io.stderr, `there is no command \`${words}\``, hint)
  return exitCode.usedWrongly
}

async function help(words: readonly string[], io: Io): Promise<ExitCode> {
  const entry = findCommand(words)
  const lines = entry === undefined ? generalHelp(commands) : commandHelp(entry, await entry.load())
  say(io.stdout, ...lines)
  return exitCode.yes
}

function findCommand(words: readonly string[]): CommandEntry | undefined {
  return commands.find((command) => {
    const name = command.name.split(' ')
    return name.every((word, index) => words[index] === word)
  })
}

/** The flags and words, or a sentence about what is wrong with them. */
function readWords(command: Command, typed: readonly string[]): Typed | string {
  const flags = [...command.flags, { name: 'help', meaning: '' }]
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
  )
  try {
    const args = withNegativeValues(typed, command)
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const read: Typed = { flags: values as Flags, words: positionals }
    if (read.flags.help !== undefined) return read
    return problemWith(positionals, command.argument) ?? read
  } catch (error) {
    return sentenceOf(error as Error & { code?: string })
  }
}

/** `--from -2h` means `--from=-2h`: what begins like a negative number is a value, and nobody's flag. */
function withNegativeValues(typed: readonly string[], { flags }: Command): string[] {
  const joined: string[] = []
  for (const word of typed) {
    const before = joined.at(-1)
    const takesValue = flags.some(({ name, value }) => value !== undefined && before === `--${name}`)
    if (takesValue && /^-\d/.test(word)) joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
}

function problemWith(words: readonly string[], argument: Argument | undefined): string | undefined {
  if (argument === undefined) return words[0] && `\`${words[0]}\` is one word too many`
  if (words.length === 0) return `a ${argument.name} is needed`
  return words.length > 1 && !argument.many ? `\`${words[1]}\` is one word too many` : undefined
}

function sentenceOf({ code, message }: Error & { code?: string }): string {
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return `there is no flag ${/'([^']+)'/.exec(message)?.[1]?.replace(/^/, '`').replace(/$/, '`') ?? 'like that'}`
  }
  const name = /'(--[^ ']+)/.exec(message)?.[1]
  if (name === undefined) return 'the flags cannot be read'
  return `\`${name}\` ${message.includes('does not take') ? 'takes no value' : 'needs a value'}`
}
