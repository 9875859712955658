import type { AccessRequest, ConditionKeyValue } from './access-request.ts'
import { type ConditionReason, isHolding, judge } from './conditions/modifiers.ts'
import { resolve, type Template } from './conditions/variables.ts'
import { completedArnPattern, matchesArn } from './matching/arn.ts'
import {
  formsNamed,
  formsOf,
  type Principal,
  type Strength,
  strength,
  strengthOf,
} from './matching/principal.ts'
import { type Fragment, matchesWildcard, wildcard, wildcardOf } from './matching/wildcard.ts'
import type {
  Condition,
  Effect,
  Form,
  Policy,
  PrincipalElement,
  Statement,
  TextElement,
  Verdict,
} from './policy.ts'

/** A verdict with its reasons. */
export interface Evaluation extends Verdict {
  readonly statements: readonly StatementTrace[]
}

export interface StatementTrace {
  readonly statement: Statement
  readonly strength: Strength
  readonly elements: readonly ElementTrace[]
  readonly applies: boolean
}

/** One element: what it wanted, what the request had, and whether that matched. */
export type ElementTrace = TextTrace | ConditionTrace

export interface TextTrace {
  readonly element: 'Principal' | 'NotPrincipal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource'
  readonly wanted: readonly string[]
  readonly actual: string
  readonly matches: boolean
  /** Those of `wanted` that cover the actual value, whether or not the element is negated. */
  readonly covering: readonly string[]
}

export interface ConditionTrace {
  readonly element: 'Condition'
  readonly operator: string
  readonly key: string
  readonly wanted: readonly string[]
  readonly actual: ConditionKeyValue
  readonly matches: boolean
  readonly reason: ConditionReason
  /** Those of `wanted` with a variable for which this request has no value. */
  readonly unresolved: readonly string[]
}

/**
 * Says what a policy means. This is the definition: plain, total and unhurried. The compiled form in
 * `compile.ts` is fast, and the laws hold the two to the same answers.
 */
export function evaluate(policy: Policy, request: AccessRequest): Evaluation {
  const statements = policy.statements.map((statement) => traceStatement(statement, request))
  const applying = (effect: Effect) =>
    statements.filter((trace) => trace.applies && trace.statement.effect === effect)
  const because = (traces: readonly StatementTrace[]) => traces.map((trace) => trace.statement)

  const denies = applying('Deny')
  if (denies.length > 0) {
    return { decision: 'ExplicitDeny', strength: strength.nobody, because: because(denies), statements }
  }
  const allows = applying('Allow')
  if (allows.length > 0) {
    return { decision: 'Allow', strength: strongest(allows), because: because(allows), statements }
  }
  return { decision: 'ImplicitDeny', strength: strength.nobody, because: [], statements }
}

/** The defining form of a policy, for whoever wants answers and does not mind the time. */
export function definition(policy: Policy): Form {
  return { policy, decide: (request) => evaluate(policy, request) }
}

function strongest(traces: readonly StatementTrace[]): Strength {
  return strengthOf(traces.reduce((forms, trace) => forms | trace.strength, 0))
}

function traceStatement(statement: Statement, request: AccessRequest): StatementTrace {
  const named = strengthFor(statement, request.principal)
  const elements = [
    ...(statement.principals ? [tracePrincipals(statement.principals, request.principal, named)] : []),
    ...traceActions(statement.actions, request.action),
    ...traceResources(statement.resources, request),
    ...statement.conditions.map((condition) => traceCondition(condition, request)),
  ]
  const applies = hasEffect(statement) && elements.every((element) => element.matches)
  return { statement, strength: named, elements, applies }
}

/** A key policy statement without actions or resources is accepted, and does nothing. */
export function hasEffect({ actions, resources }: Statement): boolean {
  return actions !== undefined && resources !== undefined
}

/** How strongly the statement names the caller. A policy without principals speaks of the caller himself. */
export function strengthFor({ principals, effect }: Statement, principal: Principal): Strength {
  if (principals === undefined) return strength.caller
  let named = 0
  for (const pattern of principals.patterns) named |= formsNamed(pattern, principal)
  if (!principals.negated) return strengthOf(named)
  // A deny spares only whoever is listed in every form: the account, the role and the session. An allow does
  // not reach who is listed in any: AWS no longer supports such statements, and this is the careful reading.
  const all = formsOf(principal)
  const spared = effect === 'Deny' ? named === all : named !== 0
  return spared ? strength.nobody : strength.caller
}

function tracePrincipals(
  { negated, patterns }: PrincipalElement,
  principal: Principal,
  named: Strength,
): TextTrace {
  return {
    element: negated ? 'NotPrincipal' : 'Principal',
    wanted: patterns.map((pattern) => pattern.boundTo ?? pattern.written),
    actual: principal.kind === 'service' ? principal.service : principal.arn,
    matches: named !== strength.nobody,
    covering: patterns
      .filter((pattern) => formsNamed(pattern, principal) !== 0)
      .map((pattern) => pattern.written),
  }
}

function traceActions(element: TextElement | undefined, action: string): TextTrace[] {
  if (element === undefined) return []
  const lower = action.toLowerCase()
  const covers = (pattern: Template) => matchesWildcard(wildcard(pattern.written.toLowerCase()), lower)
  return [traceTexts('Action', element, action, covers)]
}

function traceResources(element: TextElement | undefined, request: AccessRequest): TextTrace[] {
  if (element === undefined) return []
  const covers = (pattern: Template) => {
    const fragments = resolve(pattern, request.conditionKeys)
    return fragments !== undefined && matchesResource(pattern.written, fragments, request.resource)
  }
  return [traceTexts('Resource', element, request.resource, covers)]
}

/** An ARN is matched part by part; anything else, `*` above all, as one text. */
function matchesResource(written: string, fragments: readonly Fragment[], resource: string): boolean {
  if (!written.startsWith('arn:')) return matchesWildcard(wildcardOf(fragments), resource)
  return matchesArn(completedArnPattern(fragments), resource)
}

function traceTexts(
  name: 'Action' | 'Resource',
  { negated, patterns }: TextElement,
  actual: string,
  covers: (pattern: Template) => boolean,
): TextTrace {
  const covering = patterns.filter(covers).map((pattern) => pattern.written)
  return {
    element: negated ? `Not${name}` : name,
    wanted: patterns.map((pattern) => pattern.written),
    actual,
    matches: covering.length > 0 !== negated,
    covering,
  }
}

function traceCondition(condition: Condition, request: AccessRequest): ConditionTrace {
  const { operator, key, values } = condition
  const actual = request.conditionKeys.find(condition.lowerCaseKey)
  const resolved = values.map((value) => resolve(value, request.conditionKeys))
  const tests = resolved.map((wanted) => (wanted ? operator.operator.test(wanted) : () => false))
  const reason = judge(operator, tests, actual)
  return {
    element: 'Condition',
    operator: operator.written,
    key,
    wanted: values.map((value) => value.written),
    actual,
    matches: isHolding(reason),
    reason,
    unresolved: values.filter((_, index) => resolved[index] === undefined).map((value) => value.written),
  }
}
