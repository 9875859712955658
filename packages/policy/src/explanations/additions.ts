import type { Condition, Policy, Statement } from '../policy.ts'
import type { ConditionShown, PolicyReference, StatementShown } from './explanation.ts'
import type { Addition } from './remedy.ts'
import { literally } from './statement-documents.ts'
import type { Asked } from './steps.ts'

/** AWS's own policies are used as they are: nobody else can edit them. */
export function isEditable({ arn }: PolicyReference): boolean {
  return arn === undefined || !/^arn:[^:]*:(iam|organizations)::aws:/.test(arn)
}

/** Types of operators under which one value more in the list means just that value, and not everything. */
const extendable: ReadonlySet<string> = new Set(['String', 'Arn', 'IpAddress'])

/**
 * What would have to be added to an Allow for it to cover the request; undefined when additions cannot do it.
 * At most one of principal, action and resource may be missing: otherwise it is a statement about other things.
 */
export function additionsFor(
  { elements, inert }: StatementShown,
  statement: Statement,
  version: Policy['version'],
  { name, resource, action }: { name: string; resource: string; action: string },
): Addition[] | undefined {
  if (inert) return undefined
  const additions: Addition[] = []
  let texts = 0
  let conditionIndex = 0
  for (const element of elements) {
    if (element.kind === 'condition') {
      const condition = statement.conditions[conditionIndex++]
      if (element.matches) continue
      const addition = condition && conditionAddition(element, condition, version)
      if (addition === undefined) return undefined
      additions.push(addition)
    } else if (!element.matches) {
      if (++texts > 1) return undefined
      if (element.element === 'Principal') additions.push({ element: 'Principal', value: name })
      else if (element.element === 'Action') additions.push({ element: 'Action', value: action })
      else if (element.element === 'Resource') additions.push({ element: 'Resource', value: resource })
      // What a `Not…` leaves out was left out on purpose.
      else return undefined
    }
  }
  return additions.length > 0 ? additions : undefined
}

function conditionAddition(
  { actual, operator, key, because }: ConditionShown,
  condition: Condition,
  version: Policy['version'],
): Addition | undefined {
  const { type, negated } = condition.operator.operator
  if (negated || !extendable.has(type) || typeof actual !== 'string' || because !== 'no value matched') {
    return undefined
  }
  const value = literally(actual, operator, version)
  return value === undefined ? undefined : { element: 'Condition', operator, key, value }
}

/** Exceptions from a Deny, each of which names as little as it can. */
export function exceptionsFrom(statement: Statement, version: Policy['version'], asked: Asked): Addition[][] {
  const { conditionKeys } = asked.request
  const except = (operator: string, key: string): Addition[][] => {
    const actual = conditionKeys.find(key.toLowerCase())
    const value = typeof actual === 'string' ? literally(actual, operator, version) : undefined
    return value === undefined ? [] : [[{ element: 'Condition', operator, key, value }]]
  }
  const listed = statement.conditions
    .filter(({ operator }) => operator.operator.negated)
    .flatMap(({ operator, key }) => except(operator.written, key))
  return [...spared(statement, asked), ...except('ArnNotEquals', 'aws:PrincipalArn'), ...listed]
}

/** `NotPrincipal` spares only a caller of whom every form is listed. */
function spared({ principals }: Statement, { request: { principal } }: Asked): Addition[][] {
  if (!principals?.negated) return []
  const forms = namesOfForms(principal)
  const known = new Set(principals.patterns.map((pattern) => pattern.written))
  const missing = forms.filter((form) => !known.has(form))
  return [missing.map((value) => ({ element: 'NotPrincipal' as const, value }))]
}

function namesOfForms(principal: Asked['request']['principal']): string[] {
  switch (principal.kind) {
    case 'service':
      return [principal.service]
    case 'root':
    case 'web-identity':
      return [principal.arn]
    case 'user':
      return [rootOf(principal), principal.arn]
    case 'assumed-role':
      return [rootOf(principal), principal.roleArn, principal.arn]
    case 'federated-user':
      return [...new Set([rootOf(principal), principal.issuerArn, principal.arn])]
  }
}

function rootOf({ arn, account }: { arn: string; account: string }): string {
  return `arn:${arn.split(':')[1]}:iam::${account}:root`
}
