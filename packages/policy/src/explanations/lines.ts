import type { Layer } from '../layers.ts'
import type { Explanation, NearestStatement, Outcome, Owner, Way } from './explanation.ts'
import { elementText, grantLines, layerLines } from './layer-lines.ts'
import { type Line, line, nested, written } from './line.ts'
import type { Denial } from './remedy.ts'
import { suggestionLines } from './suggestion-lines.ts'
import {
  either,
  nameOfLayer,
  nameOfOwner,
  nameOfStatement,
  sentenceOfAddition,
  sentenceOfFact,
  withArticle,
} from './words.ts'

/** How much of an explanation is written, and how wide. */
export interface LineOptions {
  /** Lines that are longer go on in the next one, further in. Without it no line is cut. */
  readonly width?: number
  /** `summary` leaves out the layers in detail. */
  readonly detail?: 'summary' | 'full'
}

/**
 * An explanation as a tree for people: the outcome first, then what decided, what was missing, what would help,
 * and last every layer in detail. No colours; `✓` and `✗` are for whoever reads, not for whoever parses.
 */
export function explanationLines(explanation: Explanation, options: LineOptions = {}): string[] {
  const { outcome, ways, hints, suggestions, uncertainty } = explanation
  const sections = [
    outcomeLines(explanation),
    section('why', whyLines(explanation)),
    section(
      'ways for such a caller',
      outcome.decision === 'Allow' ? [] : ways.map((way) => wayLine(way, explanation)),
    ),
    section('what was missing', missingLines(explanation)),
    section(
      'good to know',
      hints.map((hint) => line(`· ${hint.sentence}`)),
    ),
    section('what would help', suggestions.flatMap(suggestionLines)),
    options.detail === 'summary' ? [] : section('every layer', layerLines(explanation)),
    section(
      'not documented by AWS',
      uncertainty.map((one) => line(`· ${one.section}: ${one.line}`)),
    ),
  ]
  const shown = sections.filter((lines) => lines.length > 0)
  return shown.flatMap((lines, index) => [...(index > 0 ? [''] : []), ...written(lines, options.width)])
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [line(title), ...nested(lines)]
}

function outcomeLines({ outcome, request }: Explanation): Line[] {
  const { caller, behindCaller, action, resource, encryptionContext } = request
  const behind = behindCaller === undefined ? '' : ` (${behindCaller})`
  const pairs = Object.entries(encryptionContext).map(([name, value]) => `${name}=${value}`)
  const facts = [
    line(`caller    ${caller}${behind}`),
    line(`action    ${action}`),
    line(`resource  ${resource}`),
    ...(pairs.length > 0 ? [line(`encryption context  ${pairs.join(', ')}`)] : []),
  ]
  return [
    line(`${outcome.decision === 'Allow' ? '✓' : '✗'} ${headline(outcome)}`),
    ...nested(outcome.sentence === undefined ? facts : [line(outcome.sentence), ...facts]),
  ]
}

function headline({ decision, layer, grantId }: Outcome): string {
  switch (decision) {
    case 'Allow':
      return grantId === undefined ? `allowed by the ${nameOfLayer(layer)}` : `allowed by grant ${grantId}`
    case 'ExplicitDeny':
      return `explicitly denied by ${withArticle(nameOfLayer(layer))}`
    case 'ImplicitDeny':
      return layer === 'cross-account'
        ? 'denied: this operation cannot be used across accounts'
        : `denied: no ${nameOfLayer(layer)} allows this`
  }
}

function whyLines({ outcome, denials, gates }: Explanation): Line[] {
  const allowing = outcome.decision === 'Allow' ? outcome.because : []
  const closed = gates.filter((gate) => gate.verdict === 'ImplicitDeny')
  return [
    ...allowing.map((statement) => line(`✓ ${nameOfStatement(statement)} allows`)),
    ...(outcome.grantId === undefined ? [] : [line(`✓ grant ${outcome.grantId} allows`)]),
    ...denials.flatMap(denialLines),
    ...closed.map(({ layer, level, owner }) => {
      const place = level === undefined ? '' : ` on level ${level + 1}`
      return line(`✗ ${nameOfLayer(layer)}${place}: nothing there allows this (${nameOfOwner(owner)})`)
    }),
  ]
}

function denialLines({ statement, owner, stoppedBy, exception }: Denial): Line[] {
  const facts = stoppedBy.map((fact) => line(`${nameOfOwner(fact.owner)} could ${sentenceOfFact(fact)}`))
  const additions = exception?.additions.map(sentenceOfAddition).join('; ')
  const written = additions === undefined ? [] : [line(`narrowest exception: ${additions}`)]
  return [
    line(`✗ ${nameOfStatement(statement)} denies (${nameOfOwner(owner)})`),
    ...nested([...facts, ...written]),
  ]
}

/** What a way is, and what is wrong when it is the key's policy or a grant that it lacks. */
const wayWords: Readonly<Record<Way['kind'], readonly [way: string, missing: string]>> = {
  'key-policy-names-caller': ['the key policy names the caller', 'it has no such statement for this'],
  'key-policy-names-role': [
    'the key policy names who is behind the session',
    'it has no such statement for this',
  ],
  'key-policy-names-account': [
    'the key policy leaves it to the account',
    'it has no such statement for this',
  ],
  grant: ['a grant', 'none applies'],
  'cross-account': ['across accounts, both sides agreeing', 'the key policy does not let that account in'],
  'identity-policy': ["the caller's own policies", ''],
}

function wayLine({ kind, lacks }: Way, { layers }: Explanation): Line {
  const [way, missing] = wayWords[kind]
  if (lacks.length === 0) return line(`✓ ${way}`)
  if (lacks.includes('cross-account')) return line(`✗ ${way}: this operation cannot be used across accounts`)
  const wrongs = lacks.map((layer) => {
    if (layer === 'key-policy' || layer === 'trust-policy' || layer === 'grant') return missing
    const denies = layers.some((shown) => shown.layer === layer && shown.verdict === 'ExplicitDeny')
    if (denies) return `the ${nameOfLayer(layer)} denies this`
    return `the ${nameOfLayer(layer)} does not allow this`
  })
  return line(`✗ ${way}: ${wrongs.join(', ')}`)
}

function missingLines(explanation: Explanation): Line[] {
  const { alternatives, denials, nearest, grants } = explanation
  if (alternatives.length === 0) return []
  const sets = alternatives.map((set) => {
    const names = set.map((layer) => `${nameOfLayer(layer)} (${nameOfOwner(ownerIn(layer, explanation))})`)
    return line(`· ${names.join(' and ')}`)
  })
  const after = denials.length > 0 ? 'once nothing denies, ' : ''
  const title = alternatives.length > 1 ? 'one of these would have to allow' : 'this would have to allow'
  const near = nearest.filter((one) => one.distance <= nearEnough)
  const granted = alternatives.some((set) => set.includes('grant')) ? grants.slice(0, 1) : []
  return [
    line(`${after}${title}`),
    ...nested(sets),
    ...near.flatMap(nearestLines),
    ...granted.flatMap((grant) => [line('nearest:'), ...nested(grantLines(grant))]),
  ]
}

/** Grants are no layer of policies; they are made by whoever looks after the key. */
function ownerIn(layer: Layer, { layers, request }: Explanation): Owner {
  const owner = layers.find((shown) => shown.layer === layer)?.owner
  return owner ?? { role: 'key-administrator', account: request.resourceAccount }
}

/** A statement that is about another principal, action and resource is near to nothing. */
const nearEnough = 7

function nearestLines({ statement, missed }: NearestStatement): Line[] {
  return [
    line(`nearest: ${nameOfStatement(statement)}`),
    ...nested(missed.map((element) => line(`✗ ${elementText(element)}`))),
  ]
}

/** The one line for a list of decisions. */
export function explanationHeadline({ outcome, denials }: Explanation): string {
  const sids = denials.map(({ statement }) => statement.sid ?? String(statement.index + 1))
  return sids.length === 0 ? headline(outcome) : `${headline(outcome)}: ${either(sids, 'and')}`
}
