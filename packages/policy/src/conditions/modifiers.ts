import { nullOperator, type Operator, operatorByName, type Test } from './operators.ts'

/** What is about the whole request and not about one value: `Null`, `…IfExists`, and the two set operators. */

/** An operator with its modifiers, as `ForAnyValue:StringLikeIfExists` names them. */
export interface ParsedOperator {
  readonly written: string
  readonly operator: Operator
  readonly quantifier: 'none' | 'every' | 'some'
  readonly ifExists: boolean
}

const quantifierByPrefix: ReadonlyMap<string, ParsedOperator['quantifier']> = new Map([
  ['ForAllValues', 'every'],
  ['ForAnyValue', 'some'],
])

const ifExistsSuffix = 'IfExists'

/** Reads the name of an operator; undefined when there is none of that name. Letters matter, as on AWS. */
export function readOperator(written: string): ParsedOperator | undefined {
  const colon = written.indexOf(':')
  const quantifier = colon === -1 ? 'none' : quantifierByPrefix.get(written.slice(0, colon))
  if (quantifier === undefined) return undefined
  const name = written.slice(colon + 1)
  if (name === nullOperator.name) return { written, operator: nullOperator, quantifier, ifExists: false }
  const ifExists = name.endsWith(ifExistsSuffix)
  const operator = operatorByName.get(ifExists ? name.slice(0, -ifExistsSuffix.length) : name)
  return operator && { written, operator, quantifier, ifExists }
}

/** Why a condition holds or does not. */
export type ConditionReason =
  | 'matched'
  | 'no value matched'
  | 'key missing'
  | 'key missing but IfExists'
  | 'negated and key missing'
  | 'empty set under ForAllValues'
  | 'nothing wanted'

const holding: ReadonlySet<ConditionReason> = new Set<ConditionReason>([
  'matched',
  'key missing but IfExists',
  'negated and key missing',
  'empty set under ForAllValues',
])

/** Says whether a condition with this outcome holds. */
export function isHolding(reason: ConditionReason): boolean {
  return holding.has(reason)
}

/** Judges one condition: the tests of its wanted values against what the request has for its key. */
export function judge(
  { operator, quantifier, ifExists }: ParsedOperator,
  tests: readonly Test[],
  actual: string | readonly string[] | undefined,
): ConditionReason {
  if (tests.length === 0) return 'nothing wanted'
  // A multi-valued key without values is not there.
  const missing = actual === undefined || (typeof actual !== 'string' && actual.length === 0)
  if (operator.type === 'Null') return judgeNull(quantifier, tests, missing)
  if (missing) {
    if (quantifier === 'every') return 'empty set under ForAllValues'
    if (ifExists) return 'key missing but IfExists'
    return operator.negated && quantifier === 'none' ? 'negated and key missing' : 'key missing'
  }
  return holdsFor(operator, quantifier, tests, actual) ? 'matched' : 'no value matched'
}

/** Under a set operator `Null` has no set to look at, and answers what that set operator says of an empty one. */
function judgeNull(
  quantifier: ParsedOperator['quantifier'],
  tests: readonly Test[],
  missing: boolean,
): ConditionReason {
  if (quantifier === 'every') return 'empty set under ForAllValues'
  if (quantifier === 'some') return 'no value matched'
  return anyTest(tests, missing ? 'true' : 'false') ? 'matched' : 'no value matched'
}

function holdsFor(
  { negated }: Operator,
  quantifier: ParsedOperator['quantifier'],
  tests: readonly Test[],
  actual: string | readonly string[],
): boolean {
  if (typeof actual === 'string') return anyTest(tests, actual) !== negated
  switch (quantifier) {
    case 'every':
      return actual.every((value) => anyTest(tests, value) !== negated)
    case 'some':
      return actual.some((value) => anyTest(tests, value) !== negated)
    case 'none':
      // Several values where one was expected: some value must match, or with a negation none may.
      return actual.some((value) => anyTest(tests, value)) !== negated
  }
}

function anyTest(tests: readonly Test[], value: string): boolean {
  for (const test of tests) if (test(value)) return true
  return false
}
