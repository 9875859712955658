import type { Decision } from '../policy.ts'
import type {
  ConditionShown,
  ElementShown,
  Explanation,
  GrantLack,
  GrantShown,
  LayerShown,
  Naming,
  StatementShown,
} from './explanation.ts'
import { type Line, line, nested } from './line.ts'
import { either, nameOfLayer, nameOfOwner, nameOfPolicy } from './words.ts'

/** Every layer, policy, statement and element, as lines of a tree. */
export function layerLines({ layers, grants, grantsLeftOut }: Explanation): Line[] {
  const left =
    grantsLeftOut > 0 ? [line(`· ${grantsLeftOut} more on this key that do not concern the caller`)] : []
  const shown =
    grants.length + grantsLeftOut === 0
      ? []
      : [line('grants'), ...nested([...grants.flatMap(grantLines), ...left])]
  return [...layers.flatMap(linesOfLayer), ...shown]
}

const verdicts: Readonly<Record<Decision, string>> = {
  Allow: '✓ allows',
  ExplicitDeny: '✗ denies',
  ImplicitDeny: '✗ does not allow',
}

function linesOfLayer({ layer, owner, verdict, exempt, policies }: LayerShown): Line[] {
  const [mark, ...words] = (exempt === undefined ? verdicts[verdict] : `· has no say (${exempt})`).split(' ')
  const empty = policies.length === 0 ? [line('· there is no policy')] : []
  return [
    line(`${mark} ${nameOfLayer(layer)} ${words.join(' ')} – ${nameOfOwner(owner)}`),
    ...nested([
      ...empty,
      ...policies.flatMap((policy) => [
        ...(policies.length > 1 ||
        policy.reference.level !== undefined ||
        policy.reference.name !== nameOfLayer(layer)
          ? [line(`${nameOfPolicy(policy.reference)}: ${verdicts[policy.verdict]}`)]
          : []),
        ...policy.statements.flatMap(statementLines),
      ]),
    ]),
  ]
}

const namings: Readonly<Record<Naming, string>> = {
  caller: ', names the caller',
  role: ', names who is behind the session',
  account: ', names the account',
  nobody: '',
  attached: '',
}

function statementLines({ reference, effect, applies, names, elements, inert }: StatementShown): Line[] {
  const called = reference.sid ? `"${reference.sid}"` : String(reference.index + 1)
  const place = `line ${reference.line}, column ${reference.column}`
  const marks = effect === 'Deny' ? '✗ denies' : '✓ allows'
  const outcome = inert
    ? '· has no effect: Action or Resource is missing'
    : applies
      ? marks
      : '· does not apply'
  return [
    line(`statement ${called} (${effect}, ${place}${namings[names]}): ${outcome}`),
    ...nested(elements.map((element) => line(`${element.matches ? '✓' : '✗'} ${elementText(element)}`))),
  ]
}

/** Patterns and values are shown up to a number; nobody reads the fortieth ARN. */
const shownMax = 6

function some(texts: readonly string[]): string {
  const more = texts.length - shownMax
  return either(texts.slice(0, shownMax)) + (more > 0 ? ` and ${more} more` : '')
}

/** What an element wanted and what there was. */
export function elementText(element: ElementShown): string {
  if (element.kind === 'condition') return conditionText(element)
  const { element: name, wanted, actual, by, nearest, matches } = element
  const verb = name.includes('Principal') ? 'name' : 'cover'
  if (by.length > 0)
    return `${name} ${some(by)} ${verb}s \`${actual}\`${matches ? '' : ', which is left out'}`
  const guess = nearest !== undefined && wanted.length > 1 ? ` (nearest: \`${nearest}\`)` : ''
  return `${name} ${some(wanted)}${guess} does not ${verb} \`${actual}\``
}

const reasons: Readonly<Record<ConditionShown['because'], string>> = {
  matched: 'holds',
  'no value matched': 'no value matches',
  'key missing': 'the request has no such key',
  'key missing but IfExists': 'holds, the request having no such key',
  'negated and key missing': 'holds, the request having no such key',
  'empty set under ForAllValues': 'holds for a set without values',
  'nothing wanted': 'asks for nothing, and so never holds',
  'variable without value': 'has a variable without a value',
}

function conditionText({ operator, key, wanted, actual, because, unresolved }: ConditionShown): string {
  const found = actual === undefined ? '' : `, and it is ${either([actual].flat(), 'and') || 'an empty list'}`
  const variables = because === 'variable without value' ? ` (${some(unresolved)})` : ''
  return `Condition ${operator} ${key} ${some(wanted)}${found}: ${reasons[because]}${variables}`
}

/** A grant, and what it lacks. */
export function grantLines({ grantId, grantee, operations, applies, names, lacks }: GrantShown): Line[] {
  return [
    line(
      `${applies ? '✓' : '✗'} grant ${grantId} to ${grantee}${namings[names]}, for ${operations.join(', ')}`,
    ),
    ...nested(lacks.map((lack) => line(`✗ ${lackText(lack)}`))),
  ]
}

function lackText({ what, wanted, actual }: GrantLack): string {
  const found = actual.length === 0 ? 'nothing' : either(actual, 'and')
  switch (what) {
    case 'grantee':
      return `is for ${either(wanted)}, and not for ${either(actual)}`
    case 'grantee deleted':
      return `was made for a deleted ${either(wanted)}; who calls now is another one`
    case 'operation':
      return `does not give ${either(actual)}`
    case 'new grant':
      return `gives ${either(wanted, 'and')}; the new grant asks for ${found}, or has looser constraints`
    case 'EncryptionContextEquals':
    case 'EncryptionContextSubset':
    case 'SourceArn':
      return `${what} wants ${either(wanted, 'and')}; there is ${found}`
  }
}
