import { readFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { password } from '@clack/prompts'
import {
  CannotStart,
  type Claviger,
  credentialsProfile,
  environmentVariableOf,
  flagOf,
  readSettings,
  type Settings,
  settingNames,
  settings,
  start,
} from '@claviger/server'
import { pino } from 'pino'
import { parse } from 'yaml'
import { type Command, exitCode, type Flag, type Io } from '../command.ts'
import { columns, paint, say } from '../terminal.ts'

const fromFlags = settingNames.filter((name) => !('environmentOnly' in settings[name]))
const fromEnvironment = settingNames.filter((name) => 'environmentOnly' in settings[name])

export const serve: Command = {
  flags: [
    ...fromFlags.map((name): Flag => {
      const { value, meaning, standard } = settings[name]
      return {
        name: flagOf(name),
        value,
        meaning: standard ? `${meaning} (default ${standard})` : meaning,
      }
    }),
    { name: 'config', value: 'file', meaning: 'a YAML file of these settings, named as the flags are' },
  ],
  notes: [
    'Each flag can be set in the environment too: --data-dir is CLAVIGER_DATA_DIR. By environment alone:',
    ...columns(fromEnvironment.map((name) => [environmentVariableOf(name), settings[name].meaning])),
  ],
  async run(flags, io) {
    keepNewObjectsYoung()
    // Asked for before anything is started, so that a signal from here on is not lost.
    const { stopped } = io
    const read = readSettings({
      flags: flags as Readonly<Record<string, string | undefined>>,
      environment: io.environment,
      file: await readConfig(flags.config ?? io.environment.CLAVIGER_CONFIG),
    })
    const complete = await withPassphrase(read, io)
    const log = pino({ level: complete.logLevel }, pino.destination({ dest: 2, sync: true }))
    const claviger = await start(complete, log)
    // Where records go to the standard output, nothing else does.
    const isForRecords = complete.auditSinks.some(({ kind }) => kind === 'stdout')
    say(isForRecords ? io.stderr : io.stdout, ...greeting(claviger, complete, io))
    const signal = await stopped
    log.info({ signal }, 'stopping: calls under way are answered first')
    await claviger.close()
    return exitCode.yes
  },
}

/**
 * V8 guesses where objects are made that will live long, and has them made among the old ones at once. In some processes it
 * guesses wrongly here: what calls leave waiting for the journal looks as if it stayed. Then each call's record, and all that
 * hangs on it, is garbage that only a full collection finds, and a call costs up to half more for as long as the process
 * runs (docs/decisions/0013).
 */
function keepNewObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

/** The config file's settings as texts, as if they had been typed. */
async function readConfig(path: string | true | undefined): Promise<Record<string, string>> {
  if (path === undefined || path === true) return {}
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CannotStart(`the config file ${path} cannot be read (${cause.code})`, { cause })
  })
  let content: unknown
  try {
    content = parse(text) ?? {}
  } catch (cause) {
    throw new CannotStart(`the config file ${path} is not YAML: ${firstLine(cause)}`, { cause })
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new CannotStart(`the config file ${path} is not a list of settings`)
  }
  const known = new Set(fromFlags.map(flagOf))
  const stranger = Object.keys(content).find((name) => !known.has(name))
  if (stranger !== undefined) throw new CannotStart(`${path}: there is no setting \`${stranger}\``)
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : String(value),
    ]),
  )
}

function firstLine(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split(':\n')[0] ?? '') : String(cause)
}

/** Asks for the root key's passphrase where it is needed, was not set and there is somebody to ask. */
async function withPassphrase(read: Settings, io: Io): Promise<Settings> {
  if (read.rootKey.kind !== 'passphrase' || read.rootPassphrase !== undefined) return read
  if (!('isTTY' in io.stdin) || io.stdin.isTTY !== true) {
    throw new CannotStart(
      `the root key needs its passphrase: set ${environmentVariableOf('rootPassphrase')}, or start in a terminal`,
    )
  }
  const typed = await password({ message: 'Passphrase of the root key', output: io.stderr })
  if (typeof typed !== 'string') throw new CannotStart('no passphrase was given')
  return { ...read, rootPassphrase: typed }
}

/** What to paste into the next terminal. */
function greeting({ url, credentialsFile, managementAccount }: Claviger, read: Settings, io: Io): string[] {
  const region = read.regions[0] ?? ''
  const exports =
    credentialsFile === undefined
      ? [`export AWS_ACCESS_KEY_ID=${read.rootAccessKeyId} AWS_SECRET_ACCESS_KEY=… AWS_REGION=${region}`]
      : [
          `export AWS_SHARED_CREDENTIALS_FILE=${shellWord(credentialsFile)}`,
          `export AWS_PROFILE=${credentialsProfile}`,
        ]
  return [
    `Claviger serves account ${managementAccount} at ${paint(io.stdout, 'bold', url)}. In another terminal:`,
    '',
    ...exports.map((line) => `  ${line}`),
    `  export AWS_ENDPOINT_URL=${url}`,
    '  aws kms create-key',
    '',
    'An AWS CLI before 1.29 or 2.13 ignores that variable and calls AWS itself: give it --endpoint-url.',
    '',
  ]
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
