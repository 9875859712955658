import {
  malformedTrustPolicyMessage,
  type PrincipalPattern,
  parsePolicy,
  type Statement,
} from '@claviger/policy'
import type { Catalog } from '../catalog/catalog.ts'
import type { BoundPolicy } from '../identity/bound-policy.ts'
import { type QuotaScope, requireSize } from '../identity/quotas.ts'
import { Refusal } from '../protocol/errors.ts'
import { bindingsOf } from './bound-policy.ts'

/** @throws Refusal `MalformedPolicyDocumentException` */
export function checkTrustPolicy(text: string): void {
  parsed(text)
}

/**
 * A trust policy as it may be stored: short enough for its account, its principals known to exist and bound to who they
 * are today.
 *
 * @throws Refusal `MalformedPolicyDocumentException`, `LimitExceededException`
 */
export async function readTrustPolicy(
  text: string,
  scope: QuotaScope,
  catalog: Catalog,
): Promise<BoundPolicy> {
  requireSize('ACLSizePerRole', text, scope)
  const bound = await bindingsOf(parsed(text), catalog)
  if (bound.ok) return { text, bindings: bound.bindings }
  throw malformed(`Invalid principal in policy: ${entry(bound.nobody)}`)
}

/** As IAM repeats an entry that it does not know. */
function entry({ kind, written }: PrincipalPattern): string {
  return `"${kind === 'service' ? 'SERVICE' : 'AWS'}":"${written}"`
}

function parsed(text: string) {
  const reading = parsePolicy(text, 'trust-policy')
  if (!reading.ok) throw malformed(malformedTrustPolicyMessage(reading.problems))
  const isOther = ({ actions }: Statement) =>
    actions?.negated || actions?.patterns.some(({ written }) => !written.toLowerCase().startsWith('sts:'))
  if (reading.policy.statements.some(isOther)) {
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.')
  }
  return reading.policy
}

function malformed(message: string): Refusal {
  return new Refusal('MalformedPolicyDocumentException', message)
}
