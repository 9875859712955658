import { operatorByName } from '../conditions/operators.ts'
import { readBinary, readDate, readNumber } from '../conditions/values.ts'
import { readAddressRange } from '../matching/address.ts'
import type { ConditionShown, Explanation, StatementShown, TextShown, Uncertainty } from './explanation.ts'
import { statementsOf } from './survey.ts'

/** An explanation before it is known what is uncertain or notable in it. */
export type Facts = Omit<Explanation, 'hints' | 'uncertainty'>

/** The undocumented corners that this decision touched. */
export function uncertaintyOf(facts: Facts): Uncertainty[] {
  return rows.filter(([, , touched]) => touched(facts)).map(([section, line]) => ({ section, line }))
}

/** The lines of docs/compatibility.md that concern single decisions, and how one knows that they do. */
const rows: readonly [section: string, line: string, touched: (facts: Facts) => boolean][] = [
  [
    'Which deny is reported',
    'When several layers deny, AWS names one without saying which.',
    ({ denials }) => new Set(denials.map((denial) => denial.layer)).size > 1,
  ],
  [
    'Which deny is reported',
    'When several layers merely do not allow, we name the first of:',
    ({ outcome, alternatives }) =>
      outcome.decision === 'ImplicitDeny' &&
      alternatives.length > 0 &&
      alternatives.every((set) => set.length > 1),
  ],
  [
    'Which deny is reported',
    'A caller of another account is not shown the ARN of a resource control policy that denies him.',
    ({ outcome, request }) =>
      request.foreign && outcome.decision === 'ExplicitDeny' && outcome.layer === 'resource-control-policy',
  ],
  [
    'Principals',
    '`*` in an Allow of a key policy or trust policy means no AWS service;',
    (facts) => facts.request.callerKind === 'service' && texts(facts).some(isAnyone),
  ],
  [
    'Principals',
    '`NotPrincipal` in an Allow leaves out every caller of whom any form (account, role, session) is listed.',
    (facts) => hasNotPrincipal(facts, 'Allow'),
  ],
  [
    'Principals',
    '`NotPrincipal` in a Deny spares only a caller of whom every form is listed.',
    (facts) => hasNotPrincipal(facts, 'Deny'),
  ],
  [
    'Principals',
    'A session named by ARN stays named when its role is deleted and made anew;',
    (facts) => texts(facts).some(({ by }) => by.some((pattern) => pattern.includes(':assumed-role/'))),
  ],
  [
    'Grants',
    'A grant is no way past an explicit Deny of any layer,',
    (facts) => granted(facts) && (facts.denials.length > 0 || facts.gates.some((gate) => !gate.open)),
  ],
  [
    'Grants',
    'A grant to a user, a session or a federated user is not limited by a boundary or session policy',
    (facts) => granted(facts) && limits(facts),
  ],
  [
    'Grants',
    "A grant to an account leaves the choice to that account's identity policies;",
    ({ grants }) => grants.some((grant) => grant.applies && grant.names === 'account'),
  ],
  [
    'Grants',
    'A grantee of another account needs no identity policy there.',
    (facts) => granted(facts) && facts.request.foreign,
  ],
  [
    'Grants',
    'A policy that allows is preferred to a grant that allows, when the decision is recorded.',
    (facts) => granted(facts) && facts.outcome.decision === 'Allow' && facts.outcome.grantId === undefined,
  ],
  [
    'Grants',
    '`SourceArn` of a grant is compared as plain text, and only when an AWS service calls.',
    ({ grants }) => grants.some((grant) => grant.constraints?.sourceArn !== undefined),
  ],
  [
    'Accounts and organizations',
    'The root user of another account is let in when the key policy names that account,',
    ({ request }) => request.foreign && request.callerKind === 'root',
  ],
  [
    'Accounts and organizations',
    'Operations without a key are allowed to the root user,',
    ({ request, ways }) =>
      request.callerKind === 'root' && ways.some(({ kind }) => kind === 'identity-policy'),
  ],
  [
    'Accounts and organizations',
    'A federated user without session policies has only what a key policy or a grant gives him by his own ARN.',
    ({ layers }) => layers.some((shown) => shown.layer === 'session-policy' && shown.policies.length === 0),
  ],
  [
    'Accounts and organizations',
    '`RCPFullAWSAccess` is looked for on every level as `FullAWSAccess` is;',
    ({ gates }) =>
      gates.some((gate) => gate.layer === 'resource-control-policy' && gate.verdict === 'ImplicitDeny'),
  ],
  [
    'Conditions',
    'A multi-valued key under an operator without a set operator matches when one value does;',
    (facts) =>
      conditions(facts).some(
        ({ actual, operator }) => Array.isArray(actual) && !/^(For|Null)/.test(operator),
      ),
  ],
  [
    'Conditions',
    'A condition with an empty list of values never holds.',
    (facts) => conditions(facts).some(({ because }) => because === 'nothing wanted'),
  ],
  [
    'Conditions',
    'A value that cannot be read as the number, date, address range or bytes it should be matches nothing,',
    (facts) => conditions(facts).some(hasUnreadable),
  ],
  [
    'Conditions',
    '`kms:MacAlgorithm` with several values matches any of them,',
    (facts) =>
      conditions(facts).some(
        ({ key, wanted }) => key.toLowerCase() === 'kms:macalgorithm' && wanted.length > 1,
      ),
  ],
  [
    'Conditions',
    'An ARN operator whose value has fewer than six parts matches nothing.',
    (facts) =>
      conditions(facts).some(
        ({ operator, wanted }) => /Arn(Not)?(Equals|Like)/.test(operator) && wanted.some(isShortOfAnArn),
      ),
  ],
  [
    'Conditions',
    'An IPv4 address written into IPv6 (`::ffff:192.0.2.1`) is that IPv4 address.',
    (facts) =>
      conditions(facts).some(({ actual }) => typeof actual === 'string' && /^::ffff:.*\./i.test(actual)),
  ],
  [
    'Conditions',
    'Missing parts of an ARN in `Resource` count as `*`;',
    (facts) =>
      texts(facts).some(
        ({ element, by }) =>
          /Resource/.test(element) && by.some((one) => /^arn:/.test(one) && isShortOfAnArn(one)),
      ),
  ],
]

/** Section and line of each corner, for whoever checks that the page still says so. */
export const uncertainCorners: readonly (readonly [section: string, line: string])[] = rows.map(
  ([section, line]) => [section, line],
)

function binding({ layers }: Facts): StatementShown[] {
  return statementsOf(layers.filter((layer) => layer.exempt === undefined))
}

function texts(facts: Facts): TextShown[] {
  return binding(facts).flatMap(({ elements }) => elements.filter((element) => element.kind === 'text'))
}

/** Conditions of statements that are otherwise about this request: elsewhere they decide nothing. */
function conditions(facts: Facts): ConditionShown[] {
  return binding(facts)
    .filter(({ elements }) => elements.every((element) => element.kind === 'condition' || element.matches))
    .flatMap(({ elements }) => elements.filter((element) => element.kind === 'condition'))
}

function isAnyone({ element, wanted, by }: TextShown): boolean {
  return element === 'Principal' && wanted.includes('*') && !by.includes('*')
}

function hasNotPrincipal(facts: Facts, effect: 'Allow' | 'Deny'): boolean {
  return binding(facts).some(
    (statement) =>
      statement.effect === effect && statement.elements.some((element) => element.element === 'NotPrincipal'),
  )
}

function granted({ grants }: Facts): boolean {
  return grants.some((grant) => grant.applies)
}

function limits({ layers }: Facts): boolean {
  return layers.some(
    ({ layer, verdict }) =>
      (layer === 'permissions-boundary' || layer === 'session-policy') && verdict === 'ImplicitDeny',
  )
}

function isShortOfAnArn(pattern: string): boolean {
  return pattern.split(':').length < 6
}

const readers: ReadonlyMap<string, (text: string) => unknown> = new Map<string, (text: string) => unknown>([
  ['Numeric', readNumber],
  ['Date', readDate],
  ['Binary', readBinary],
  ['IpAddress', readAddressRange],
])

function hasUnreadable({ operator, wanted }: ConditionShown): boolean {
  const name = operator.replace(/^For(All|Any)Values?:/, '').replace(/IfExists$/, '')
  const read = readers.get(operatorByName.get(name)?.type ?? '')
  return read !== undefined && wanted.some((text) => read(text) === undefined)
}
