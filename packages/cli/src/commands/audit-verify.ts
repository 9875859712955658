import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { progress } from '@clack/prompts'
import {
  CannotStart,
  type JournalEnd,
  type JournalFault,
  journalKeyPath,
  verifyJournal,
} from '@claviger/server'
import { type Command, exitCode, type Io } from '../command.ts'
import { say, sayError } from '../terminal.ts'

export const auditVerify: Command = {
  flags: [
    { name: 'data-dir', value: 'directory', meaning: 'the data directory (default .claviger)' },
    {
      name: 'public-key',
      value: 'file',
      meaning:
        'the public key that the journal must be signed with, PEM (default: the one beside the journal)',
    },
  ],
  notes: [
    'Needs the files of the journal and the public key, and nothing else: neither the service nor any secret. Keep a',
    'copy of the public key somewhere else. Whoever could write to the journal could have replaced the one beside it.',
  ],
  async run(flags, io) {
    const directory = join(
      String(flags['data-dir'] ?? io.environment.CLAVIGER_DATA_DIR ?? '.claviger'),
      'audit',
    )
    const own = flags['public-key'] === undefined ? undefined : String(flags['public-key'])
    const publicKey = await readKey(own ?? journalKeyPath(directory), own !== undefined)
    const found = await verified(directory, publicKey, io)
    if ('fault' in found) {
      sayError(io.stderr, `the journal in ${directory} is not what was written: ${faultSentence(found)}`)
      return exitCode.no
    }
    say(io.stdout, `${found.records} records, ends with ${found.lastHash}`)
    say(io.stderr, ...remarks(found, { isSigned: publicKey !== undefined, isOwnKey: own !== undefined }))
    return exitCode.yes
  },
}

/** The key, or nothing where the journal has none beside it. */
async function readKey(path: string, isWanted: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' && !isWanted) return undefined
    throw new CannotStart(`the public key ${path} cannot be read (${code})`, { cause })
  }
}

async function verified(
  directory: string,
  publicKey: string | undefined,
  io: Io,
): Promise<JournalEnd | JournalFault> {
  const bar = 'isTTY' in io.stderr && io.stderr.isTTY ? progressBar(io) : undefined
  try {
    return await verifyJournal(directory, {
      ...(publicKey === undefined ? {} : { publicKey }),
      ...(bar === undefined ? {} : { onProgress: bar.advance }),
    })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new CannotStart(`there is no audit journal in ${directory}`, { cause })
  } finally {
    bar?.end()
  }
}

/** A bar on the terminal, in hundredths of the journal's bytes. */
function progressBar({ stderr }: Io): { advance(read: number, total: number): void; end(): void } {
  const bar = progress({ max: 100, output: stderr })
  bar.start('verifying the journal')
  let shown = 0
  return {
    advance(read, total) {
      const now = Math.floor((100 * read) / total)
      if (now > shown) bar.advance(now - shown)
      shown = Math.max(shown, now)
    },
    end: () => bar.clear(),
  }
}

function faultSentence({ fault, segment, line, since }: JournalFault): string {
  const from =
    since === undefined ? '' : `, beginning at line ${since.line} of segment ${since.segment} or later`
  return `line ${line} of segment ${segment} ${words[fault]}${from}`
}

const words = {
  changed: 'is changed, or the one before it',
  missing: 'is missing',
  reordered: 'is out of order',
  cut: 'is cut off',
  forged: 'bears no signature of this key: what stands before it was written anew',
  headless:
    'would be the next, and nothing signed says whether there were more: journal-head is missing or not signed',
} as const

function remarks(
  { unproven = 0, tornBytes, deleted = 0 }: JournalEnd,
  { isSigned, isOwnKey }: { readonly isSigned: boolean; readonly isOwnKey: boolean },
): string[] {
  return [
    ...(deleted > 0 ? [`begins with line ${deleted + 1}: ${deletion(isSigned)}`] : []),
    ...(tornBytes > 0
      ? [
          `a process ended while it wrote the next line: ${tornBytes} bytes of it are there, of a call without answer`,
        ]
      : []),
    ...(unproven > 0 ? [`the last ${unproven} lines are not signed yet, as a crash may leave them`] : []),
    isSigned
      ? isOwnKey
        ? 'signed with that key from beginning to end'
        : 'signed with the key beside it; `--public-key` holds it to one that was kept elsewhere'
      : 'no public key: a journal written anew, or one whose end was taken off, would not show',
  ]
}

function deletion(isSigned: boolean): string {
  const what = 'the lines before were deleted because their time was up'
  return isSigned
    ? `${what}, which is signed as well`
    : `${what}, says a note whose signature was not looked at`
}
