import { writeFile } from 'node:fs/promises'
import { type Command, type ExitCode, exitCode, type Io } from '../command.ts'
import { type Checked, checkExpectation } from '../expectations/check-expectation.ts'
import { junitXml, type TestedFile } from '../expectations/junit.ts'
import { readExpectations } from '../expectations/read-expectations.ts'
import { CannotRead, shownName, wholeTextOf } from '../files.ts'
import { explanationOf } from '../policy-cases/explanation.ts'
import { paint, paintMark, say, sayError, widthOf } from '../terminal.ts'

export const policyTest: Command = {
  argument: { name: 'file', many: true, meaning: 'files of expectations, YAML; - is what comes in' },
  flags: [{ name: 'junit', value: 'file', meaning: 'write the results as JUnit XML, for build servers' }],
  notes: ['The format is described in docs/policy-tests.md.'],
  async run(flags, io, paths) {
    const files: TestedFile[] = []
    let unreadable = false
    for (const path of paths) {
      try {
        const tested = await testFile(path, io)
        report(tested, io)
        files.push(tested)
      } catch (error) {
        if (!(error instanceof CannotRead)) throw error
        sayError(io.stderr, error.message)
        files.push({
          file: path,
          results: [],
          problems: [{ file: path, line: 1, column: 1, message: error.message }],
        })
        unreadable = true
      }
    }
    if (typeof flags.junit === 'string') {
      const failed = await writeReport(flags.junit, files)
      if (failed !== undefined) {
        sayError(io.stderr, failed)
        return exitCode.failed
      }
    }
    return unreadable ? exitCode.failed : verdict(files)
  },
}

async function testFile(path: string, io: Io): Promise<TestedFile> {
  const file = shownName(path)
  const read = await readExpectations(file, await wholeTextOf(path, io), io)
  if (!read.ok) return { file, results: [], problems: read.problems }
  const { expectations } = read.file
  return { file, results: expectations.map((one) => checkExpectation(one, read.file)), problems: [] }
}

function report({ file, results, problems }: TestedFile, io: Io): void {
  for (const { file: where, line, column, message } of problems) {
    say(io.stderr, `${paint(io.stderr, 'bold', `${where}:${line}:${column}:`)} ${message}`)
  }
  if (problems.length > 0) return
  const failed = results.filter(({ failure }) => failure !== undefined)
  for (const result of failed) say(io.stdout, ...failureLines(file, result, io))
  const outcome =
    failed.length === 0
      ? `all ${results.length} expectations hold`
      : `${failed.length} of ${results.length} fail`
  const mark = failed.length === 0 ? paint(io.stdout, 'green', '✓') : paint(io.stdout, 'red', '✗')
  say(io.stdout, `${mark} ${file}: ${outcome}`)
}

function failureLines(file: string, { expectation, failure }: Checked, io: Io): string[] {
  if (failure === undefined) return []
  const { effect, line, lineNumber } = expectation
  const { width } = widthOf(io.stdout)
  const reasons = explanationOf(failure.decided, {
    detail: 'summary',
    ...(width !== undefined && { width: width - indent.length }),
  })
  return [
    `${paint(io.stdout, 'red', '✗')} ${paint(io.stdout, 'bold', `${effect}: ${line}`)}`,
    paint(io.stdout, 'dim', `  ${file}:${lineNumber}`),
    `  ${failure.sentence}`,
    ...reasons.map((words) => `${indent}${paintMark(io.stdout, words)}`.trimEnd()),
    '',
  ]
}

const indent = '    '

/** Nothing, or why it could not be written. */
async function writeReport(path: string, files: readonly TestedFile[]): Promise<string | undefined> {
  try {
    await writeFile(path, junitXml(files))
    return undefined
  } catch (cause) {
    return `${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`
  }
}

/** A file that cannot be understood was not tested, which is worse than a failure. */
function verdict(files: readonly TestedFile[]): ExitCode {
  if (files.some(({ problems }) => problems.length > 0)) return exitCode.usedWrongly
  const holds = files.every(({ results }) => results.every(({ failure }) => failure === undefined))
  return holds ? exitCode.yes : exitCode.no
}
