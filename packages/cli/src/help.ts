import type { Argument, Command, CommandEntry } from './command.ts'
import { columns } from './terminal.ts'

export function generalHelp(commands: readonly CommandEntry[]): string[] {
  return [
    'claviger: a key management service that speaks the AWS KMS API, and can say why',
    '',
    'Usage: claviger <command> [flags]',
    '',
    ...columns([
      ...commands.map(({ name, summary }) => [name, summary] as const),
      ['help [command]', 'explains a command and its flags'],
      ['version', 'prints the version'],
    ]),
  ]
}

export function commandHelp({ name, summary }: CommandEntry, { flags, argument, notes }: Command): string[] {
  const rows = flags.map(
    (flag) => [`--${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}`, flag.meaning] as const,
  )
  return [
    `claviger ${name}: ${summary}`,
    '',
    ...(argument === undefined ? [] : [`Usage: claviger ${name} ${shown(argument)} [flags]`, '']),
    ...(argument === undefined ? [] : [...columns([[shown(argument), argument.meaning]]), '']),
    ...(rows.length === 0 ? [] : ['Flags:', ...columns(rows)]),
    ...(notes === undefined ? [] : ['', ...notes]),
  ]
}

function shown({ name, many }: Argument): string {
  return `<${name}${many ? '…' : ''}>`
}
