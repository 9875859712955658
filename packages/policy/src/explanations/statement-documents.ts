import type { AccessRequest } from '../access-request.ts'
import type { Authority } from '../authority.ts'
import { isHolding, judge } from '../conditions/modifiers.ts'
import { resolve } from '../conditions/variables.ts'
import type { Layer } from '../layers.ts'
import { parsePolicy } from '../parse.ts'
import { type Policy, principalsIn, type Statement } from '../policy.ts'
import { kindRules } from '../policy-kinds.ts'
import type { Addition, OneOrMore, PrincipalDocument, StatementDocument } from './remedy.ts'

/** Statements as their authors write them: parsed ones written out again, changed ones and new ones. */

/** Writes a parsed statement. */
export function documentOf(statement: Statement): StatementDocument {
  const { sid, effect, principals, actions, resources, conditions } = statement
  const written = (patterns: readonly { written: string }[]) => oneOrMore(patterns.map((one) => one.written))
  const condition: Record<string, Record<string, OneOrMore>> = {}
  for (const { operator, key, values } of conditions) {
    condition[operator.written] = { ...condition[operator.written], [key]: written(values) }
  }
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect,
    ...(principals && { [principals.negated ? 'NotPrincipal' : 'Principal']: principalDocument(principals) }),
    ...(actions && { [actions.negated ? 'NotAction' : 'Action']: written(actions.patterns) }),
    ...(resources && { [resources.negated ? 'NotResource' : 'Resource']: written(resources.patterns) }),
    ...(conditions.length > 0 && { Condition: condition }),
  }
}

function oneOrMore(values: readonly string[]): OneOrMore {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : values
}

function principalDocument({ patterns }: NonNullable<Statement['principals']>): PrincipalDocument {
  const types = (type: 'AWS' | 'Service' | 'Federated') =>
    patterns.filter(({ kind }) => typeOf(kind) === type).map(({ written }) => written)
  if (patterns.length === 1 && patterns[0]?.kind === 'anyone') return '*'
  const entries = (['AWS', 'Service', 'Federated'] as const).map((type) => [type, types(type)] as const)
  return Object.fromEntries(
    entries.filter(([, names]) => names.length > 0).map(([type, names]) => [type, oneOrMore(names)]),
  )
}

function typeOf(kind: string): 'AWS' | 'Service' | 'Federated' {
  if (kind === 'service') return 'Service'
  return kind === 'federated' ? 'Federated' : 'AWS'
}

/** Writes the additions into a statement. */
export function extended(document: StatementDocument, additions: readonly Addition[]): StatementDocument {
  return additions.reduce(withAddition, document)
}

function withAddition(document: StatementDocument, addition: Addition): StatementDocument {
  const { element, operator, key, value } = addition
  switch (element) {
    case 'Action':
      return { ...document, Action: joined(document.Action, value) }
    case 'Resource':
      return { ...document, Resource: joined(document.Resource, value) }
    case 'Principal':
    case 'NotPrincipal':
      return { ...document, [element]: withName(document[element], value) }
    case 'Condition': {
      if (operator === undefined || key === undefined) return document
      const conditions = document.Condition ?? {}
      const keys = conditions[operator] ?? {}
      // Names of condition keys mean the same in any letters, and may stand in an operator once.
      const name = Object.keys(keys).find((known) => known.toLowerCase() === key.toLowerCase()) ?? key
      const changed = { ...keys, [name]: joined(keys[name], value) }
      return { ...document, Condition: { ...conditions, [operator]: changed } }
    }
  }
}

function joined(values: OneOrMore | undefined, value: string): OneOrMore {
  return values === undefined ? value : [...[values].flat(), value]
}

function withName(principals: PrincipalDocument | undefined, name: string): PrincipalDocument {
  if (principals === undefined || principals === '*') return { [nameType(name)]: name }
  const type = nameType(name)
  return { ...principals, [type]: joined(principals[type], name) }
}

/** A service is named by its domain; accounts, users, roles and sessions by number or ARN. */
function nameType(name: string): 'AWS' | 'Service' | 'Federated' {
  if (/^arn:[^:]+:iam::\d{12}:(?:oidc|saml)-provider\//.test(name)) return 'Federated'
  return name.startsWith('arn:') || !name.includes('.') ? 'AWS' : 'Service'
}

/** Reads a statement for a place in a policy; undefined when such a policy does not take it. */
export function parseDocument(
  document: StatementDocument,
  { kind, version, statements }: Policy,
  index: number,
): Statement | undefined {
  const shown = kindRules[kind].resource === 'forbidden' ? { ...document, Resource: undefined } : document
  const before = statements[index]
  const bindings = before ? bindingsIn({ kind, version, statements: [before] }) : {}
  const text = JSON.stringify({ Version: version, Statement: [shown] })
  const parsed = parsePolicy(text, kind, bindings)
  const statement = parsed.ok ? parsed.policy.statements[0] : undefined
  return statement && { ...statement, index, line: before?.line ?? 1, column: before?.column ?? 1 }
}

/** Names in a statement stay bound to whom they were bound to. */
function bindingsIn(policy: Policy): Record<string, string> {
  const bound = principalsIn(policy).flatMap(({ written, boundTo }) =>
    boundTo === undefined ? [] : [[written, boundTo] as const],
  )
  return Object.fromEntries(bound)
}

/**
 * The statement that allows the request and as little else as can be: one action, one resource, one principal,
 * under the conditions that will be the same next time.
 */
export function leastPrivilege(
  layer: Layer,
  name: string,
  authority: Authority,
  request: AccessRequest,
): StatementDocument {
  const condition = stableConditions(authority, request)
  const named = layer === 'key-policy' || layer === 'trust-policy' || layer === 'endpoint-policy'
  const resource = layer === 'key-policy' ? '*' : resourceForStatement(request)
  return {
    Effect: 'Allow',
    ...(named && { Principal: { [nameType(name)]: name } }),
    Action: request.action,
    ...(layer !== 'trust-policy' && { Resource: resource }),
    ...(Object.keys(condition).length > 0 && { Condition: { StringEquals: condition } }),
  }
}

/** The resource as a statement names it. What stands in for an ARN where an action has no resource can only be named as `*`. */
export function resourceForStatement({ resource }: AccessRequest): string {
  return /^arn:[^*]*$/.test(resource) ? resource : '*'
}

/** Facts by which the same call is known again. Those of one moment, an address above all, are not among them. */
const stableKeys = ['kms:ViaService', 'aws:SourceArn', 'aws:SourceAccount']

function stableConditions(
  { encryptionContext = {} }: Authority,
  request: AccessRequest,
): Record<string, string> {
  const keys = [
    ...stableKeys,
    ...Object.keys(encryptionContext).map((name) => `kms:EncryptionContext:${name}`),
  ]
  const found: Record<string, string> = {}
  const seen = new Set<string>()
  for (const key of keys) {
    const value = request.conditionKeys.find(key.toLowerCase())
    if (typeof value !== 'string' || seen.has(key.toLowerCase())) continue
    seen.add(key.toLowerCase())
    found[key] = literally(value, 'StringEquals', '2012-10-17') ?? value
  }
  return found
}

/**
 * A value that means itself: neither variables nor wildcards in it count. Undefined where it cannot be said, the
 * older version of the language having no escapes: then a value of the request must not become a pattern.
 */
export function literally(value: string, operator: string, version: Policy['version']): string | undefined {
  const patterns = /Like|Arn/.test(operator)
  if (version !== '2012-10-17') return patterns && /[*?]/.test(value) ? undefined : value
  const special = patterns ? /\$\{|[*?]/g : /\$\{/g
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the policy language's escape for a dollar sign
  return value.replace(special, (one) => (one === '${' ? '${$}{' : `\${${one}}`))
}

/** Says whether a condition would hold, were its key's value this one. */
export function wouldHold(
  condition: Statement['conditions'][number],
  request: AccessRequest,
  value: string | readonly string[] | undefined,
): boolean {
  const tests = condition.values.map((wanted) => {
    const fragments = resolve(wanted, request.conditionKeys)
    return fragments ? condition.operator.operator.test(fragments) : () => false
  })
  return isHolding(judge(condition.operator, tests, value))
}
