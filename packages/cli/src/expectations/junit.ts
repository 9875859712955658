import { explanationOf } from '../policy-cases/explanation.ts'
import type { Checked } from './check-expectation.ts'
import type { FileProblem } from './expectation-file.ts'

/** A file of expectations after its test. One that could not be read has problems in place of results. */
export interface TestedFile {
  readonly file: string
  readonly results: readonly Checked[]
  readonly problems: readonly FileProblem[]
}

/** The results in the XML that build servers read. */
export function junitXml(files: readonly TestedFile[]): string {
  const suites = files.map(suite)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts(files)}>\n${suites.join('')}</testsuites>\n`
}

function suite(tested: TestedFile): string {
  const { file, results, problems } = tested
  const cases = [
    ...results.map((result) => testCase(file, result)),
    ...problems.map((problem) => problemCase(file, problem)),
  ]
  return `  <testsuite name="${escaped(file)}"${counts([tested])}>\n${cases.join('')}  </testsuite>\n`
}

function testCase(file: string, { expectation, failure }: Checked): string {
  const { effect, line, lineNumber } = expectation
  const name = escaped(`${effect}: ${line}`)
  const head = `    <testcase name="${name}" classname="${escaped(file)}" file="${escaped(file)}" line="${lineNumber}"`
  if (failure === undefined) return `${head}/>\n`
  const text = escaped(explanationOf(failure.decided, { detail: 'summary' }).join('\n'))
  return `${head}>\n      <failure message="${escaped(failure.sentence)}">${text}</failure>\n    </testcase>\n`
}

/** A problem is an error and no failure: nothing was tested. */
function problemCase(file: string, { file: where, line, column, message }: FileProblem): string {
  const place = escaped(`${where}:${line}:${column}`)
  return (
    `    <testcase name="${place}" classname="${escaped(file)}">\n` +
    `      <error message="${escaped(message)}"/>\n    </testcase>\n`
  )
}

function counts(files: readonly TestedFile[]): string {
  const results = files.flatMap((file) => file.results)
  const errors = files.flatMap((file) => file.problems).length
  const failures = results.filter((result) => result.failure !== undefined).length
  return ` tests="${results.length + errors}" failures="${failures}" errors="${errors}"`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that no XML document may have, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function escaped(text: string): string {
  return text
    .replaceAll(forbidden, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
