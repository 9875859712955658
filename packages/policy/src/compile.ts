import type { AccessRequest } from './access-request.ts'
import { isHolding, judge, type ParsedOperator } from './conditions/modifiers.ts'
import type { Test } from './conditions/operators.ts'
import { resolve, type Template } from './conditions/variables.ts'
import { hasEffect, strengthFor } from './evaluate.ts'
import { type ArnPattern, completedArnPattern, matchesArn } from './matching/arn.ts'
import { type Strength, strength, strengthOf } from './matching/principal.ts'
import { matchesWildcard, type Wildcard, wildcard, wildcardOf } from './matching/wildcard.ts'
import type { Condition, Form, Policy, Statement, TextElement, Verdict } from './policy.ts'

/** A policy in the form that serves. Same answers as `evaluate`, without the reasons. */
export interface CompiledPolicy extends Form {}

/**
 * Compiles a policy. Patterns are read once; statements are looked up by action and by the names in their
 * `Principal`; and a decision by a single statement, which most are, hands out an answer made beforehand.
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const statements = policy.statements.filter(hasEffect).map(compileStatement)
  const shelves = new Map<string, Shelf>()
  const about = (action: string): Shelf => {
    const found = shelves.get(action)
    if (found !== undefined) return found
    const lower = action.toLowerCase()
    const shelf = shelve(statements.filter((one) => one.actions.matches(lower)))
    // Actions come from a server's own list, but an index must not grow with what strangers send.
    if (shelves.size < indexedActionsMax) shelves.set(action, shelf)
    return shelf
  }
  return { policy, decide: (request) => decide(about(request.action), request) }
}

const indexedActionsMax = 1024

/** The statements about one action: those that may concern anybody, and those that concern certain names. */
interface Shelf {
  readonly anybody: readonly CompiledStatement[]
  readonly byName: ReadonlyMap<string, readonly CompiledStatement[]>
}

const nobodyNamed: Shelf['byName'] = new Map()

/** Looking up a caller's names costs as much as asking this many statements about him. */
const notWorthNaming = 4

function shelve(statements: readonly CompiledStatement[]): Shelf {
  if (statements.length <= notWorthNaming) return { anybody: statements, byName: nobodyNamed }
  const anybody: CompiledStatement[] = []
  const byName = new Map<string, CompiledStatement[]>()
  for (const one of statements) {
    const names = namesIn(one.statement)
    if (names === undefined) anybody.push(one)
    for (const name of names ?? []) {
      const shelf = byName.get(name)
      if (shelf === undefined) byName.set(name, [one])
      else shelf.push(one)
    }
  }
  return { anybody, byName }
}

/** The names without one of which a caller is not meant; undefined when anybody may be. */
function namesIn({ principals }: Statement): ReadonlySet<string> | undefined {
  if (principals === undefined || principals.negated) return undefined
  const names = new Set<string>()
  for (const { kind, written, account, boundTo } of principals.patterns) {
    if (kind === 'anyone') return undefined
    if (kind === 'account') names.add(account ?? written)
    else names.add(boundTo ?? written)
  }
  return names
}

function decide({ anybody, byName }: Shelf, request: AccessRequest): Verdict {
  const verdict = hear(anybody, request, silence)
  return byName.size === 0 ? verdict : hearNamed(byName, request, verdict)
}

/** Asks the statements under each of the caller's names. `strengthFor` still decides whether they mean him. */
function hearNamed(byName: Shelf['byName'], request: AccessRequest, before: Verdict): Verdict {
  const { principal } = request
  if (principal.kind === 'service') {
    const named = hear(byName.get(principal.service), request, before)
    return principal.regionalName === undefined
      ? named
      : hear(byName.get(principal.regionalName), request, named)
  }
  let verdict = hear(byName.get(principal.account), request, before)
  verdict = hear(byName.get(principal.arn), request, verdict)
  switch (principal.kind) {
    case 'user':
      return hearId(byName, request, verdict, principal.uniqueId)
    case 'assumed-role':
      verdict = hear(byName.get(principal.roleArn), request, verdict)
      return hearId(byName, request, verdict, principal.roleId)
    case 'federated-user':
      verdict = hear(byName.get(principal.issuerArn), request, verdict)
      return hearId(byName, request, verdict, principal.issuerUniqueId)
    case 'root':
    case 'web-identity':
      return verdict
  }
}

function hearId(
  byName: Shelf['byName'],
  request: AccessRequest,
  before: Verdict,
  id: string | undefined,
): Verdict {
  return id === undefined ? before : hear(byName.get(id), request, before)
}

interface CompiledStatement {
  readonly statement: Statement
  readonly actions: Texts
  readonly resources: readonly Resource[]
  readonly notResource: boolean
  readonly conditions: readonly CompiledCondition[]
  /** The answers this statement gives when it alone decides. */
  readonly denies: Verdict
  readonly allows: Readonly<Record<Strength, Verdict>>
}

interface Texts {
  matches(lowerCaseText: string): boolean
}

const silence: Verdict = { decision: 'ImplicitDeny', strength: strength.nobody, because: [] }

/** Adds what these statements say to what was said before. */
function hear(
  statements: readonly CompiledStatement[] | undefined,
  request: AccessRequest,
  before: Verdict,
): Verdict {
  if (statements === undefined) return before
  let verdict = before
  let further: Statement[] | undefined
  for (const one of statements) {
    const denies = one.statement.effect === 'Deny'
    if (!denies && verdict.decision === 'ExplicitDeny') continue
    const named = strengthFor(one.statement, request.principal)
    if (named === strength.nobody || !covers(one, request) || !conditionsHold(one, request)) continue
    const next = denies ? one.denies : one.allows[named]
    if (verdict.decision !== next.decision) {
      // A deny ends all allows, and an allow all silence.
      verdict = next
      further = undefined
      continue
    }
    // Several that agree are one answer; most often there is but one, and then nothing is made.
    further ??= [...verdict.because]
    further.push(one.statement)
    verdict = { ...verdict, strength: strengthOf(verdict.strength | next.strength) }
  }
  return further === undefined ? verdict : { ...verdict, because: inOrder(further) }
}

/** As they were written; one that was found under several of its names counts once. */
function inOrder(statements: readonly Statement[]): readonly Statement[] {
  return [...new Set(statements)].sort((left, right) => left.index - right.index)
}

function compileStatement(statement: Statement): CompiledStatement {
  const because = [statement]
  const allow = (named: Strength): Verdict => ({ decision: 'Allow', strength: named, because })
  return {
    statement,
    actions: compileActions(statement.actions),
    resources: statement.resources?.patterns.map(compileResource) ?? [],
    notResource: statement.resources?.negated ?? false,
    conditions: statement.conditions.map(compileCondition),
    denies: { decision: 'ExplicitDeny', strength: strength.nobody, because },
    allows: {
      [strength.nobody]: silence,
      [strength.account]: allow(strength.account),
      [strength.role]: allow(strength.role),
      [strength.caller]: allow(strength.caller),
    },
  }
}

function compileActions(element: TextElement | undefined): Texts {
  const patterns = element?.patterns.map((pattern) => wildcard(pattern.written.toLowerCase())) ?? []
  const negated = element?.negated ?? false
  return { matches: (text) => patterns.some((pattern) => matchesWildcard(pattern, text)) !== negated }
}

/** A resource pattern: read once, or, when it has variables, anew for each request. */
type Resource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly pattern: Wildcard }
  | { readonly kind: 'arn'; readonly pattern: ArnPattern }
  | { readonly kind: 'varies'; readonly template: Template }

function compileResource(template: Template): Resource {
  if (template.varies) return { kind: 'varies', template }
  const fragments = resolve(template, { find: () => undefined }) ?? []
  const whole = wildcardOf(fragments)
  const isArn = template.written.startsWith('arn:')
  if (whole.kind === 'exact' && (!isArn || hasSixParts(whole.text))) return { kind: 'text', text: whole.text }
  return isArn
    ? { kind: 'arn', pattern: completedArnPattern(fragments) }
    : { kind: 'wildcard', pattern: whole }
}

/** A full ARN without wildcards matches itself alone, and comparing it whole is quicker. */
function hasSixParts(text: string): boolean {
  return text.split(':').length >= 6
}

function covers({ resources, notResource }: CompiledStatement, request: AccessRequest): boolean {
  for (const resource of resources) {
    if (coversOne(resource, request)) return !notResource
  }
  return notResource
}

function coversOne(resource: Resource, request: AccessRequest): boolean {
  switch (resource.kind) {
    case 'text':
      return resource.text === request.resource
    case 'wildcard':
      return matchesWildcard(resource.pattern, request.resource)
    case 'arn':
      return matchesArn(resource.pattern, request.resource)
    case 'varies': {
      const { template } = resource
      const fragments = resolve(template, request.conditionKeys)
      if (fragments === undefined) return false
      return template.written.startsWith('arn:')
        ? matchesArn(completedArnPattern(fragments), request.resource)
        : matchesWildcard(wildcardOf(fragments), request.resource)
    }
  }
}

interface CompiledCondition {
  readonly operator: ParsedOperator
  readonly lowerCaseKey: string
  /** Absent when a wanted value has variables. */
  readonly tests?: readonly Test[]
  readonly values: readonly Template[]
}

function compileCondition({ operator, lowerCaseKey, values }: Condition): CompiledCondition {
  if (values.some((value) => value.varies)) return { operator, lowerCaseKey, values }
  return { operator, lowerCaseKey, values, tests: testsOf(operator, values, { find: () => undefined }) }
}

function testsOf(
  { operator }: ParsedOperator,
  values: readonly Template[],
  conditionKeys: AccessRequest['conditionKeys'],
): Test[] {
  return values.map((value) => {
    const wanted = resolve(value, conditionKeys)
    return wanted === undefined ? () => false : operator.test(wanted)
  })
}

function conditionsHold({ conditions }: CompiledStatement, request: AccessRequest): boolean {
  for (const { operator, lowerCaseKey, tests, values } of conditions) {
    const ready = tests ?? testsOf(operator, values, request.conditionKeys)
    if (!isHolding(judge(operator, ready, request.conditionKeys.find(lowerCaseKey)))) return false
  }
  return true
}
