import type { Writable } from 'node:stream'
import { structuredPatch } from 'diff'
import { harmless, paint, say } from '../terminal.ts'
import { documentLines } from './documents.ts'
import { isList, type Json } from './json.ts'
import type { Planned } from './plan.ts'
import type { Difference } from './things/thing.ts'

const marks = { create: '+', change: '~', untouched: '=' } as const

/** Shows a plan to a person: what would be made and changed, and how; what is there beyond the file; and the sum. */
export function showPlan(planned: readonly Planned[], stream: Writable): void {
  for (const one of planned) {
    if (one.does !== 'untouched') say(stream, ...thingLines(one, stream), '')
  }
  const beyond = planned.flatMap(({ thing, look }) =>
    look.beyond.map((words) => `  · ${thing.kind} ${thing.name}: ${harmless(words)}`),
  )
  if (beyond.length > 0) say(stream, 'Beyond the file, and left as it is:', ...beyond, '')
  say(stream, summaryOf(planned))
}

/** How much there is to do. */
export function summaryOf(planned: readonly Planned[]): string {
  const count = (does: Planned['does']) => planned.filter((one) => one.does === does).length
  return `${count('create')} to create, ${count('change')} to change, ${count('untouched')} untouched`
}

function thingLines({ thing, look, does }: Planned, stream: Writable): string[] {
  const color = does === 'create' ? 'green' : 'yellow'
  const head = `${paint(stream, color, marks[does])} ${paint(stream, 'bold', `${thing.kind} ${thing.name}`)}`
  return [head, ...look.differences.flatMap((one) => differenceLines(one, stream))]
}

function differenceLines({ member, before, after, isPolicy }: Difference, stream: Writable): string[] {
  if (member === undefined || after === undefined) return []
  if (isPolicy === undefined) {
    const from = before === undefined ? '' : `${shown(before)} → `
    return [`    ${member}: ${from}${shown(after)}`]
  }
  if (before === undefined) return [`    ${member}: ${documentWords(after)}`]
  return [`    ${member}:`, ...changedLines(before, after).map((line) => `      ${paintLine(line, stream)}`)]
}

/** What a new policy says, as far as that fits a line: the file says the rest. */
function documentWords(document: Json): string {
  const statement =
    typeof document === 'object' && document !== null && !isList(document) ? document.Statement : []
  const statements = statement === undefined ? [] : isList(statement) ? statement : [statement]
  const sids = statements.flatMap((one) =>
    typeof one === 'object' && one !== null && !isList(one) && typeof one.Sid === 'string' ? [one.Sid] : [],
  )
  const count = `${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`
  return sids.length === 0 ? count : `${count} (${harmless(sids.join(', '))})`
}

/** Two policies line by line, with a few lines around what differs. */
export function changedLines(before: Json, after: Json): string[] {
  const text = (document: Json) => `${documentLines(document).join('\n')}\n`
  const { hunks } = structuredPatch('', '', text(before), text(after), '', '', { context: 2 })
  return hunks.flatMap(({ lines }, index) => (index === 0 ? lines : ['…', ...lines]))
}

function paintLine(line: string, stream: Writable): string {
  const [mark, rest] = [line.charAt(0), harmless(line.slice(1))]
  if (mark === '+') return paint(stream, 'green', `+ ${rest}`)
  if (mark === '-') return paint(stream, 'red', `- ${rest}`)
  return mark === ' ' ? `  ${rest}` : harmless(line)
}

/** A value as the file would have it, where that cannot be mistaken. */
function shown(value: Json): string {
  return harmless(typeof value === 'string' && value !== '' ? value : JSON.stringify(value))
}

/** A plan as data. */
export function planAsData(planned: readonly Planned[]): object[] {
  return planned.map(({ thing, look, does }) => ({
    kind: thing.kind,
    name: thing.name,
    does,
    differences: look.differences.flatMap(({ member, before, after }) =>
      member === undefined ? [] : [{ member, before, after }],
    ),
    beyond: look.beyond,
    obstacles: look.obstacles,
  }))
}
