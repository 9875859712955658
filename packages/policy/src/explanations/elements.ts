import type { AccessRequest } from '../access-request.ts'
import type { ConditionTrace, ElementTrace, TextTrace } from '../evaluate.ts'
import { formsNamed, type Principal, strength } from '../matching/principal.ts'
import type { PrincipalElement, Statement } from '../policy.ts'
import type { ConditionShown, ElementShown, TextShown } from './explanation.ts'

/** The elements of a statement as an explanation shows them. */
export function showElement(trace: ElementTrace, statement: Statement, request: AccessRequest): ElementShown {
  return trace.element === 'Condition'
    ? showCondition(trace)
    : showText(trace, statement.principals, request.principal)
}

const weightByElement: ReadonlyMap<ElementShown['element'], number> = new Map([
  ['Principal', 4],
  ['NotPrincipal', 4],
  ['Action', 3],
  ['NotAction', 3],
  ['Resource', 3],
  ['NotResource', 3],
  ['Condition', 1],
])

/** What an element that fails adds to its statement's distance: a missing key is further away than a wrong value. */
export function weightOf(element: ElementShown): number {
  if (element.matches) return 0
  const missing = element.kind === 'condition' && element.because === 'key missing'
  return (weightByElement.get(element.element) ?? 0) + (missing ? 1 : 0)
}

function showText(
  { element, wanted, actual, matches, covering }: TextTrace,
  principals: PrincipalElement | undefined,
  principal: Principal,
): TextShown {
  const nearest = covering.length === 0 ? nearestTo(actual, wanted) : undefined
  const bound = element === 'Principal' ? boundElsewhere(principals, principal) : []
  return {
    kind: 'text',
    element,
    matches,
    wanted,
    actual,
    by: covering,
    ...(nearest !== undefined && { nearest }),
    ...(bound.length > 0 && { boundElsewhere: bound }),
  }
}

/** A name is kept by whoever held it when the policy was put; under it somebody else may call today. */
function boundElsewhere(principals: PrincipalElement | undefined, principal: Principal): string[] {
  const names = namesOf(principal)
  const patterns = principals?.patterns ?? []
  return patterns
    .filter(({ boundTo, written }) => boundTo !== undefined && names.includes(written))
    .filter((pattern) => formsNamed(pattern, principal) === strength.nobody)
    .map((pattern) => pattern.written)
}

function namesOf(principal: Principal): string[] {
  switch (principal.kind) {
    case 'assumed-role':
      return [principal.arn, principal.roleArn]
    case 'federated-user':
      return [principal.arn, principal.issuerArn]
    case 'user':
    case 'root':
    case 'web-identity':
      return [principal.arn]
    case 'service':
      return [principal.service]
  }
}

function showCondition(trace: ConditionTrace): ConditionShown {
  const { operator, key, wanted, actual, matches, reason, unresolved } = trace
  const novalue = reason === 'no value matched' && unresolved.length > 0
  return {
    kind: 'condition',
    element: 'Condition',
    matches,
    operator,
    key,
    wanted,
    ...(actual !== undefined && { actual }),
    because: novalue ? 'variable without value' : reason,
    unresolved,
  }
}

/** The pattern that looks most like the text: what its author probably meant. Letters do not count here. */
function nearestTo(text: string, patterns: readonly string[]): string | undefined {
  const lower = text.toLowerCase()
  let nearest: string | undefined
  let most = -1
  for (const pattern of patterns) {
    const likeness = likenessOf(lower, pattern.toLowerCase())
    if (likeness > most) {
      most = likeness
      nearest = pattern
    }
  }
  return nearest
}

/** How much of both ends two texts share. */
function likenessOf(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  let front = 0
  while (front < shorter && left[front] === right[front]) front++
  let back = 0
  while (back < shorter - front && left.at(-1 - back) === right.at(-1 - back)) back++
  return front + back
}
