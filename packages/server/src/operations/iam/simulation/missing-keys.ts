import { type AccessRequest, evaluate, type Policy, type Statement, type Template } from '@claviger/policy'
import { spelledKey } from '../../../access/condition-keys.ts'

/** The condition keys that a policy's statements about this action ask for, and the request has not. */
export function missingKeys(policy: Policy, request: AccessRequest): string[] {
  const { statements } = evaluate(policy, request)
  return statements
    .filter(({ elements }) =>
      elements.every(
        ({ element, matches }) => matches || element === 'Condition' || element.endsWith('Resource'),
      ),
    )
    .flatMap(({ statement }) => keysIn(statement))
    .filter((key) => request.conditionKeys.find(key.toLowerCase()) === undefined)
}

/** The condition keys that a statement names, in its conditions or in variables. */
export function keysIn({ conditions, resources }: Statement): string[] {
  const named = conditions.map(({ key }) => key)
  const templates = [...conditions.flatMap(({ values }) => values), ...(resources?.patterns ?? [])]
  return [...named, ...templates.flatMap(variablesIn)]
}

function variablesIn({ pieces }: Template): string[] {
  return pieces.flatMap((piece) => ('text' in piece ? [] : spelledKey(piece.lowerCaseKey)))
}
