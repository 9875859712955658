import { malformedPolicyMessage, parsePolicy } from '@claviger/policy'
import { Refusal } from '../../protocol/errors.ts'
import { keysIn } from './simulation/missing-keys.ts'

/** Every condition key that some policies name, once. @throws Refusal `InvalidInputException` */
export function contextKeysIn(texts: readonly string[]): readonly string[] {
  const keys = texts.flatMap((text) => {
    const parsed = parsePolicy(text, 'identity-policy')
    if (parsed.ok) return parsed.policy.statements.flatMap(keysIn)
    throw new Refusal('InvalidInputException', malformedPolicyMessage(parsed.problems))
  })
  return [...new Map(keys.map((key) => [key.toLowerCase(), key])).values()]
}
