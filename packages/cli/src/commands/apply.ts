import { dirname, join, parse as parsePath } from 'node:path'
import { confirm } from '@clack/prompts'
import { CannotApply } from '../apply/cannot-apply.ts'
import { findConnection, waysToCredentials } from '../apply/connection.ts'
import { Installation } from '../apply/installation.ts'
import type { InstallationFile } from '../apply/installation-file.ts'
import { AtThing, carryOut, type Planned, planOf } from '../apply/plan.ts'
import { readInstallation } from '../apply/reading/read-installation.ts'
import { planAsData, showPlan } from '../apply/show-plan.ts'
import { type Command, type ExitCode, exitCode, type Flags, type Io } from '../command.ts'
import { CannotRead, shownName, wholeTextOf } from '../files.ts'
import { dataDirFlag } from '../running-service.ts'
import { harmless, paint, say, sayError } from '../terminal.ts'

export const apply: Command = {
  argument: { name: 'file', meaning: 'a YAML file that describes accounts, principals, policies and keys' },
  flags: [
    { name: 'plan', meaning: 'show what would be done, and do nothing; ends with 1 if there is anything' },
    { name: 'yes', meaning: 'do it without asking' },
    { name: 'json', meaning: 'the plan as data; with --yes, what was done' },
    {
      name: 'credentials-file',
      value: 'file',
      meaning:
        'where new access keys are written (default: beside the file, with .credentials for its ending)',
    },
    dataDirFlag,
    {
      name: 'endpoint-url',
      value: 'url',
      meaning:
        'where to apply it, instead of the service that runs on the data directory (or AWS_ENDPOINT_URL)',
    },
  ],
  notes: [
    'Nothing is ever deleted: what is there beyond the file is said, and left as it is. A run that breaks off is',
    'taken up by the next. The format is described in docs/apply.md.',
  ],
  async run(flags, io, [path = '']) {
    try {
      return await applyFile(path, flags, io)
    } catch (error) {
      return tellFailure(error, io)
    }
  },
}

async function applyFile(path: string, flags: Flags, io: Io): Promise<ExitCode> {
  const read = await readInstallation(shownName(path), await wholeTextOf(path, io), io)
  if (!read.ok) {
    for (const { file, line, column, message } of read.problems) {
      say(io.stderr, `${paint(io.stderr, 'bold', `${file}:${line}:${column}:`)} ${message}`)
    }
    return exitCode.usedWrongly
  }
  const connection = await findConnection(flags, io, read.file.region)
  if (connection === exitCode.failed) return connection
  const credentialsFile = credentialsFileOf(path, flags)
  const installation = await Installation.open({ file: read.file, connection, credentialsFile })
  try {
    return await applyTo(installation, flags, io)
  } finally {
    installation.close()
  }
}

async function applyTo(installation: Installation, flags: Flags, io: Io): Promise<ExitCode> {
  const planned = await planOf(installation)
  const asData = flags.json !== undefined
  const obstacles = planned.flatMap(({ thing, look }) =>
    look.obstacles.map((words) => `${thing.kind} ${thing.name}: ${words}`),
  )
  if (obstacles.length > 0) {
    for (const words of obstacles) sayError(io.stderr, harmless(words))
    say(io.stderr, 'nothing was done')
    if (asData) say(io.stdout, harmless(JSON.stringify({ applied: false, things: planAsData(planned) })))
    return exitCode.no
  }
  if (!asData) showPlan(planned, io.stdout)
  const isDone = planned.every(({ does }) => does === 'untouched')
  const ends = isDone ? exitCode.yes : flags.plan === undefined ? await consent(flags, io) : exitCode.no
  if (ends === exitCode.yes && !isDone) await doAll(planned, installation.file, { asData, io })
  if (asData && ends !== exitCode.usedWrongly) {
    say(io.stdout, harmless(JSON.stringify({ applied: ends === exitCode.yes, things: planAsData(planned) })))
  }
  return ends
}

async function doAll(
  planned: readonly Planned[],
  file: InstallationFile,
  { asData, io }: { readonly asData: boolean; readonly io: Io },
): Promise<void> {
  if (!asData) say(io.stdout, '')
  const verbs = { create: 'created', change: 'changed', untouched: 'untouched' } as const
  await carryOut(planned, ({ thing, does }) => {
    if (!asData)
      say(io.stdout, `${paint(io.stdout, 'green', '✓')} ${verbs[does]} ${thing.kind} ${thing.name}`)
  })
  if (!asData) say(io.stdout, '', `The installation is as ${file.path} describes it.`)
}

/** Whether it is to be done: yes, no, or nobody can be asked. */
async function consent(
  flags: Flags,
  io: Io,
): Promise<typeof exitCode.yes | typeof exitCode.no | typeof exitCode.usedWrongly> {
  if (flags.yes !== undefined) return exitCode.yes
  const canAsk = flags.json === undefined && 'isTTY' in io.stdin && io.stdin.isTTY === true
  if (!canAsk) {
    sayError(
      io.stderr,
      'nothing was done: there is nobody to ask',
      '--yes does it without asking, --plan shows it',
    )
    return exitCode.usedWrongly
  }
  const answer = await confirm({ message: 'Do this?', initialValue: false, output: io.stderr })
  return answer === true ? exitCode.yes : exitCode.no
}

/** `two-accounts.yaml` has its access keys in `two-accounts.credentials`. */
function credentialsFileOf(path: string, flags: Flags): string {
  if (typeof flags['credentials-file'] === 'string') return flags['credentials-file']
  const name = path === '-' ? 'apply' : parsePath(path).name
  return join(path === '-' ? '.' : dirname(path), `${name}.credentials`)
}

/** Says what went wrong where, in the words of who refused it. What is no refusal is a bug, and is thrown on. */
function tellFailure(error: unknown, io: Io): ExitCode {
  const [cause, where] =
    error instanceof AtThing ? [error.cause, `${error.message}: `] : ([error, ''] as const)
  if (cause instanceof CannotRead) sayError(io.stderr, cause.message)
  else if (cause instanceof CannotApply) sayError(io.stderr, `${where}${cause.message}`, cause.hint)
  else if (cause instanceof Error && isOfConnection(cause)) {
    sayError(io.stderr, `${where}the service cannot be reached: ${cause.message}`)
  } else if (cause instanceof Error && cause.name === 'CredentialsProviderError') {
    sayError(io.stderr, `there are no credentials to use: ${cause.message}`, waysToCredentials)
  } else if (cause instanceof Error && isRefusal(cause)) {
    const { name, message, $metadata } = cause
    const denied = /^AccessDenied/.test(name) && $metadata.requestId !== undefined
    const hint = denied ? `\`claviger why ${$metadata.requestId}\` says why` : undefined
    sayError(io.stderr, harmless(`${where}${name.replace(/Exception$/, '')}: ${message}`), hint)
  } else throw error
  if (error instanceof AtThing && error.midway) {
    say(io.stderr, 'what was done before stays as it is; the next run goes on from there')
  }
  return exitCode.failed
}

/** Nobody there, or nobody who is believed to be who they should be. */
function isOfConnection(error: Error): boolean {
  return 'syscall' in error || ('code' in error && /CERT|TLS|SSL/.test(String(error.code)))
}

function isRefusal(error: Error): error is Error & { $metadata: { readonly requestId?: string } } {
  return '$metadata' in error
}
