import { type PolicyKind, type Problem, parsePolicy } from '@claviger/policy'
import { type Command, type ExitCode, exitCode, type Io } from '../command.ts'
import { CannotRead, shownName, wholeTextOf } from '../files.ts'
import { guessPolicyKind, isPolicyKind, policyKinds } from '../policy-kind.ts'
import { paint, say, sayError } from '../terminal.ts'

export const policyCheck: Command = {
  argument: { name: 'file', many: true, meaning: 'policy documents; - is what comes in' },
  flags: [
    {
      name: 'kind',
      value: 'kind',
      meaning: `what they are, instead of what they look like: ${policyKinds.join(', ')}`,
    },
    { name: 'json', meaning: 'one line of JSON per file' },
  ],
  async run(flags, io, paths) {
    const kind = flags.kind
    if (kind !== undefined && !isPolicyKind(kind)) {
      sayError(io.stderr, `\`${kind}\` is not a kind of policy`, `there is ${policyKinds.join(', ')}`)
      return exitCode.usedWrongly
    }
    const files: Checked[] = []
    for (const path of paths) {
      const checked = await check(path, kind, io)
      files.push(checked)
      if (flags.json === undefined) report(checked, io)
      else say(io.stdout, JSON.stringify(checked))
    }
    if (flags.json === undefined) say(io.stderr, summary(files))
    return verdict(files)
  },
}

/** One file: what it was read as and what is wrong with it; or why it could not be read. */
type Checked =
  | { readonly file: string; readonly kind: PolicyKind; readonly problems: readonly Problem[] }
  | { readonly file: string; readonly error: string }

async function check(path: string, kind: PolicyKind | undefined, io: Io): Promise<Checked> {
  const file = shownName(path)
  try {
    const text = await wholeTextOf(path, io)
    const readAs = kind ?? guessPolicyKind(text)
    const parsed = parsePolicy(text, readAs)
    return { file, kind: readAs, problems: parsed.ok ? [] : parsed.problems }
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error
    return { file, error: error.message }
  }
}

function report(checked: Checked, io: Io): void {
  if ('error' in checked) {
    sayError(io.stderr, checked.error)
    return
  }
  for (const problem of checked.problems) {
    const { line, column } = problem
    say(
      io.stdout,
      `${paint(io.stdout, 'bold', `${checked.file}:${line}:${column}:`)} ${problemWords(problem)}`,
    )
  }
}

function problemWords({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}

/** How many files are fine, and as what they were read; that is worth knowing where it was guessed. */
function summary(files: readonly Checked[]): string {
  const fine = files.flatMap((file) => ('error' in file || file.problems.length > 0 ? [] : [file]))
  const kinds = policyKinds.flatMap((kind) => {
    const count = fine.filter((file) => file.kind === kind).length
    return count === 0 ? [] : [`${count} as ${kind}`]
  })
  const as = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`
  if (files.length === 1) return fine.length === 1 ? `fine${as.replace('1 ', '')}` : 'not fine'
  return `${fine.length} of ${files.length} files are fine${as}`
}

/** That a file could not be read weighs more than that another has problems. */
function verdict(files: readonly Checked[]): ExitCode {
  if (files.some((file) => 'error' in file)) return exitCode.failed
  return files.every((file) => 'problems' in file && file.problems.length === 0) ? exitCode.yes : exitCode.no
}
