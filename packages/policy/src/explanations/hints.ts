import type { ConditionShown, GrantShown, Hint, LayerShown, StatementShown } from './explanation.ts'
import { isCarried } from './key-facts.ts'
import { statementsOf } from './survey.ts'
import type { Facts } from './uncertainty.ts'
import { either, nameOfLayer, nameOfStatement } from './words.ts'

/** What people overlook, each as a row: how it is known from the facts, and the sentence that saves a day. */
export function hintsFor(facts: Facts): Hint[] {
  return rows.flatMap(([name, find]) => [...new Set(find(facts))].map((sentence) => ({ name, sentence })))
}

const rows: readonly [name: string, find: (facts: Facts) => readonly string[]][] = [
  ['no-delegation', noDelegation],
  ['not-across-accounts', notAcrossAccounts],
  ['other-side', otherSide],
  ['alias-in-resource', aliasInResource],
  ['key-never-present', keyNeverPresent],
  ['held-to-limits', heldToLimits],
  ['other-session', otherSession],
  ['letters-differ', lettersDiffer],
  ['deleted-principal', deletedPrincipal],
  ['through-endpoint', throughEndpoint],
]

function layer({ layers }: Facts, name: LayerShown['layer']): LayerShown | undefined {
  return layers.find((shown) => shown.layer === name)
}

function noDelegation(facts: Facts): string[] {
  const { request, ways } = facts
  const account = ways.find(({ kind }) => kind === 'key-policy-names-account')
  if (!account?.lacks.includes('key-policy') || layer(facts, 'identity-policy')?.verdict !== 'Allow')
    return []
  return [
    `the IAM policy allows this, but the key policy does not delegate to account ${request.resourceAccount}, so IAM has no effect`,
  ]
}

function notAcrossAccounts({ ways }: Facts): string[] {
  const limited = ways.some(({ lacks }) => lacks.includes('cross-account'))
  return limited ? ['this operation cannot be used across accounts at all'] : []
}

function otherSide({ ways, request }: Facts): string[] {
  const way = ways.find(({ kind }) => kind === 'cross-account')
  if (way === undefined || way.by.length === 0 || way.lacks.length === 0) return []
  if (way.lacks.includes('key-policy')) {
    return [`account ${request.callerAccount} allows this on its side, but the key policy does not let it in`]
  }
  return way.lacks.includes('identity-policy')
    ? [
        `the key policy lets account ${request.callerAccount} in, but its identity policies have to allow this too`,
      ]
    : []
}

function aliasInResource({ layers, request }: Facts): string[] {
  if (!request.resource.includes(':key/')) return []
  const aliases = statementsOf(layers)
    .flatMap((statement) => statement.elements)
    .filter((element) => element.element === 'Resource' && !element.matches)
    .flatMap((element) => element.wanted.filter((pattern) => pattern.includes(':alias/')))
  if (aliases.length === 0) return []
  return [
    'an alias ARN in Resource never authorizes use of a key; use kms:ResourceAliases or kms:RequestAlias',
  ]
}

/** Statements that are about this request but for their conditions. */
function held(layers: readonly LayerShown[]): { statement: StatementShown; missed: ConditionShown[] }[] {
  return statementsOf(layers)
    .filter(({ effect, applies }) => effect === 'Allow' && !applies)
    .filter(({ elements }) => elements.every((element) => element.kind === 'condition' || element.matches))
    .map((statement) => ({
      statement,
      missed: statement.elements
        .filter((element) => element.kind === 'condition')
        .filter((one) => !one.matches),
    }))
}

/** Keys that only one kind of caller brings, whatever the operation. */
const callersOfKeys: readonly [prefix: string, service: boolean, only: string][] = [
  ['aws:sourcearn', false, 'when an AWS service calls by itself'],
  ['aws:sourceaccount', false, 'when an AWS service calls by itself'],
  ['aws:sourceorg', false, 'when an AWS service calls by itself'],
  ['kms:viaservice', true, 'when a service calls on behalf of somebody'],
]

function keyNeverPresent({ layers, request }: Facts): string[] {
  return held(layers).flatMap(({ statement, missed }) =>
    missed
      .filter(({ because }) => because === 'key missing')
      .flatMap(({ key }) => {
        const lower = key.toLowerCase()
        const asks = `${nameOfStatement(statement.reference)} asks for \`${key}\``
        if (!isCarried(lower, request.action))
          return [`${asks}, which is never present for ${request.action}`]
        const service = request.callerKind === 'service'
        const row = callersOfKeys.find(
          ([prefix, byService]) => lower.startsWith(prefix) && byService === service,
        )
        return row ? [`${asks}, which is there only ${row[2]}`] : []
      }),
  )
}

function heldToLimits({ ways, request }: Facts): string[] {
  const way = ways.find(({ kind }) => kind === 'key-policy-names-role')
  if (way === undefined || way.lacks.length === 0 || way.lacks.includes('key-policy')) return []
  const limits = way.lacks.map((lacking) => `the ${nameOfLayer(lacking)}`).join(' and ')
  const role = request.callerKind === 'federated-user' ? 'user' : 'role'
  return [
    `the key policy names the ${role}, but ${limits} ${way.lacks.length > 1 ? 'do' : 'does'} not allow this`,
  ]
}

function otherSession({ layers, grants, request }: Facts): string[] {
  if (request.callerKind !== 'assumed-role') return []
  const own = request.caller.slice(0, request.caller.lastIndexOf('/') + 1)
  const isOther = (name: string) => name.startsWith(own) && name !== request.caller
  const named = statementsOf(layers)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ elements }) => elements.filter((one) => one.element === 'Principal' && !one.matches))
    .flatMap(({ wanted }) => wanted)
  const granted = grants.filter(({ names }) => names === 'nobody').map(({ grantee }) => grantee)
  return [...named, ...granted]
    .filter(isOther)
    .map((name) => `only the session \`${name.slice(own.length)}\` is named, not the role`)
}

function lettersDiffer({ layers, grants, request }: Facts): string[] {
  const missed = held(layers).flatMap((one) => one.missed)
  const keys = missed.filter(({ key }) => key.toLowerCase() === 'kms:encryptioncontextkeys')
  const inConditions = keys.flatMap(({ wanted, actual = [] }) => pairs(wanted, [actual].flat()))
  const sent = Object.keys(request.encryptionContext)
  const inGrants = grants.flatMap((grant) => pairs(contextNamesOf(grant), sent))
  const names = [...inConditions, ...inGrants].map(
    ([wanted, actual]) =>
      `the encryption context key differs in case: \`${actual}\` was sent, \`${wanted}\` is required`,
  )
  const values = missed
    .filter(({ key }) => key.toLowerCase() !== 'kms:encryptioncontextkeys')
    .flatMap(({ key, wanted, actual = [] }) =>
      pairs(wanted, [actual].flat()).map(
        ([required, found]) => `\`${key}\` differs in case: it is \`${found}\`, \`${required}\` is required`,
      ),
    )
  return [...names, ...values]
}

/** Texts that are the same but for their letters. */
function pairs(wanted: readonly string[], actual: readonly string[]): [wanted: string, actual: string][] {
  return wanted.flatMap((one) =>
    actual
      .filter((other) => other !== one && other.toLowerCase() === one.toLowerCase())
      .map((other): [string, string] => [one, other]),
  )
}

function contextNamesOf({ names, constraints = {} }: GrantShown): string[] {
  if (names === 'nobody') return []
  return Object.keys({ ...constraints.encryptionContextEquals, ...constraints.encryptionContextSubset })
}

function deletedPrincipal({ layers, grants }: Facts): string[] {
  const bound = statementsOf(layers).flatMap(({ reference, effect, elements }) =>
    elements.flatMap((element) => {
      if (effect !== 'Allow' || element.kind !== 'text') return []
      if (element.boundElsewhere)
        return element.boundElsewhere.map((name) => sentenceOfDeleted(name, reference))
      return element.element !== 'Principal' || element.matches
        ? []
        : element.wanted.flatMap((name) =>
            /^A(RO|ID)A/.test(name)
              ? [
                  `${nameOfStatement(reference)} names the id \`${name}\`, which is nobody's who calls here: so ids of deleted principals look`,
                ]
              : [],
          )
    }),
  )
  const granted = grants
    .filter(({ lacks }) => lacks.some(({ what }) => what === 'grantee deleted'))
    .map(
      ({ grantId, grantee }) =>
        `grant ${grantId} was made for a deleted principal; the \`${grantee}\` of today is another one`,
    )
  return [...bound, ...granted]
}

function sentenceOfDeleted(name: string, reference: StatementShown['reference']): string {
  const kind = name.includes(':user/') ? 'user' : 'role'
  return `the principal in ${nameOfStatement(reference)} is the id of a deleted ${kind}; the ${kind} \`${name}\` of today is another one`
}

function throughEndpoint(facts: Facts): string[] {
  const closed = facts.gates.some(
    (gate) => gate.layer === 'endpoint-policy' && gate.verdict === 'ImplicitDeny',
  )
  const shown = layer(facts, 'endpoint-policy')
  if (!closed || shown === undefined) return []
  const allows = statementsOf([shown])
    .filter(({ effect }) => effect === 'Allow')
    .map(({ elements }) =>
      elements
        .filter((element) => element.kind === 'text')
        .map(({ element, wanted }) => `${element} ${either(wanted)}`)
        .join(', '),
    )
  const only = allows.length === 0 ? 'nothing' : `only ${allows.join('; ')}`
  return [`the endpoint policy allows ${only}; this request came through it`]
}
