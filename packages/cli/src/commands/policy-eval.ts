import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Command, type ExitCode, exitCode, type Flags, type Io } from '../command.ts'
import { CannotRead, shownName, textOf } from '../files.ts'
import { type Decided, decide, errorAnswer } from '../policy-cases/answer.ts'
import { caseTexts, NoCases } from '../policy-cases/case-texts.ts'
import { isAsExpected, shownAnswer } from '../policy-cases/compare-answers.ts'
import type { Answer } from '../policy-cases/decision-case.ts'
import { explanationDataOf, explanationOf } from '../policy-cases/explanation.ts'
import { type CaseText, isMember, readCase, readCaseText } from '../policy-cases/read-case.ts'
import { UnusableCase } from '../policy-cases/read-value.ts'
import { paint, paintMark, say, sayError, widthOf } from '../terminal.ts'

export const policyEval: Command = {
  argument: { name: 'file', meaning: 'decision cases, a JSON document or JSON Lines; - is what comes in' },
  flags: [
    { name: 'json', meaning: 'one line of JSON per case, in their order' },
    { name: 'explain', meaning: 'every layer, policy and statement; with --json: the explanation as data' },
    { name: 'check', meaning: 'compare with what the cases expect; ends with 1 where one differs' },
  ],
  notes: ['The format is described in docs/decision-cases.md.'],
  async run(flags, io, [path = '-']) {
    const tally = newTally()
    const out = new Output(io.stdout)
    try {
      for await (const text of caseTexts(textOf(path, io))) {
        const evaluated = evaluate(readCaseText(text), tally)
        if (flags.check !== undefined) checkOne(evaluated, tally, flags, io)
        const lines = shown(evaluated, flags, io)
        if (lines !== undefined) await out.write(lines)
      }
      await out.flush()
    } catch (error) {
      await out.flush()
      if (!(error instanceof CannotRead || error instanceof NoCases)) throw error
      sayError(io.stderr, error instanceof NoCases ? `${shownName(path)}: ${error.message}` : error.message)
      return exitCode.failed
    }
    return conclude(tally, flags, io)
  },
}

/** One case with its answer. */
interface Evaluated extends Decided {
  readonly id: unknown
  readonly title?: string
  readonly expected?: Answer
  /** Set when the answer is compared and is another one. */
  differs?: boolean
}

interface Tally {
  cases: number
  compared: number
  different: number
  /** Members that no case has: most likely misspelt, and without any say. */
  readonly strangers: Map<string, number>
}

function newTally(): Tally {
  return { cases: 0, compared: 0, different: 0, strangers: new Map() }
}

function evaluate(text: CaseText, tally: Tally): Evaluated {
  tally.cases++
  for (const name of text.memberByName.keys()) {
    if (!isMember(name)) tally.strangers.set(name, (tally.strangers.get(name) ?? 0) + 1)
  }
  try {
    const one = readCase(text)
    const { id, title, expected } = one
    return {
      id,
      ...(title !== undefined && { title }),
      ...(expected !== undefined && { expected }),
      ...decide(one),
    }
  } catch (error) {
    if (!(error instanceof UnusableCase)) throw error
    return { id: text.id, answer: errorAnswer(error) }
  }
}

function checkOne(evaluated: Evaluated, tally: Tally, flags: Flags, io: Io): void {
  const { id, answer, expected } = evaluated
  if (expected === undefined) return
  tally.compared++
  if (isAsExpected(answer, expected)) return
  tally.different++
  evaluated.differs = true
  if (flags.json === undefined) return
  say(io.stderr, `${String(id)}: ${shownAnswer(answer)}, where ${shownAnswer(expected)} is expected`)
}

/** What is printed of one case; nothing where only differences are asked for. */
function shown(evaluated: Evaluated, flags: Flags, io: Io): string | undefined {
  const { id, title, answer, expected, differs } = evaluated
  if (flags.json !== undefined) {
    return `${JSON.stringify({ id, ...answer, ...(flags.explain && { explanation: explanationDataOf(evaluated) }) })}\n`
  }
  if (flags.check !== undefined && !differs) return undefined
  const style = answer.decision === 'ALLOW' ? 'green' : 'red'
  const verdict = paint(
    io.stdout,
    style,
    answer.decision === 'ERROR' ? (answer.error ?? 'ERROR') : shownAnswer(answer),
  )
  const wanted = differs && expected ? `, where ${shownAnswer(expected)} is expected` : ''
  const name = [paint(io.stdout, 'bold', String(id)), `${verdict}${wanted}`, title]
  const lines = explanationOf(evaluated, {
    ...narrower(widthOf(io.stdout)),
    detail: flags.explain === undefined ? 'summary' : 'full',
  }).map((line) => `  ${paintMark(io.stdout, line)}`.trimEnd())
  return [name.filter((word) => word !== undefined).join('  '), ...lines, '', ''].join('\n')
}

/** By what the lines are moved to the right. */
function narrower({ width }: { width?: number }): { width?: number } {
  return width === undefined ? {} : { width: width - 2 }
}

function conclude(tally: Tally, flags: Flags, io: Io): ExitCode {
  const { cases, compared, different, strangers } = tally
  for (const [name, count] of strangers) {
    sayError(
      io.stderr,
      `\`${name}\` is no member of a case and was not looked at (${count} of ${cases} cases)`,
    )
  }
  if (flags.check === undefined) return exitCode.yes
  const silent = cases === compared ? '' : `, ${cases - compared} without an expectation`
  const outcome = different === 0 ? 'all as expected' : `${different} not as expected`
  say(io.stderr, `${cases} cases: ${outcome}${silent}`)
  return different === 0 ? exitCode.yes : exitCode.no
}

/** Writes in large pieces, and no faster than they are read. */
class Output {
  readonly #stream: Writable
  #text = ''

  constructor(stream: Writable) {
    this.#stream = stream
  }

  async write(text: string): Promise<void> {
    this.#text += text
    if (this.#text.length > 65_536) await this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '' && !this.#stream.write(text)) await once(this.#stream, 'drain')
  }
}
