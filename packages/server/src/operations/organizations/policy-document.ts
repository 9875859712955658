import { parsePolicy } from '@claviger/policy'
import { type OrganizationPolicyType, policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'

/** @throws Refusal `MalformedPolicyDocumentException`, `ConstraintViolationException` */
export function requireDocument(text: string, type: OrganizationPolicyType): void {
  const { kind, charactersMost } = policyTypes[type]
  if (text.length > charactersMost) {
    throw new Refusal(
      'ConstraintViolationException',
      'You have exceeded the maximum policy size for this policy type.',
      { reason: 'POLICY_CONTENT_LIMIT_EXCEEDED' },
    )
  }
  const parsed = parsePolicy(text, kind)
  // What allows every resource is there already, and AWS takes no second such policy.
  const allows = parsed.ok && parsed.policy.statements.some(({ effect }) => effect === 'Allow')
  if (parsed.ok && !(allows && type === 'RESOURCE_CONTROL_POLICY')) return
  throw new Refusal(
    'MalformedPolicyDocumentException',
    'The provided policy document does not meet the requirements of the specified policy type.',
  )
}
