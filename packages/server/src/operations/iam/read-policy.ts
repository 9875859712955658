import { malformedPolicyMessage, type Policy, parsePolicy } from '@claviger/policy'
import { Refusal } from '../../protocol/errors.ts'

/** @throws Refusal `MalformedPolicyDocumentException` in IAM's words, which tell one problem of however many */
export function requireIdentityPolicy(text: string): Policy {
  const parsed = parsePolicy(text, 'identity-policy')
  if (parsed.ok) return parsed.policy
  throw new Refusal('MalformedPolicyDocumentException', malformedPolicyMessage(parsed.problems))
}
