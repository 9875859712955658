import type { ConditionKeyRow } from './condition-key.ts'

/**
 * The condition keys of Organizations itself (Service Authorization Reference, "Condition keys for AWS Organizations").
 * To add one, add a row.
 */
export const organizationsConditionKeys: readonly ConditionKeyRow[] = [
  ['organizations:PolicyType', 'String', ({ facts }) => facts.organizationPolicyType],
  ['organizations:ServicePrincipal', 'String', 'there is no access of AWS services to switch on'],
  ['organizations:TransferDirection', 'String', 'there is no responsibility for bills to hand over'],
  ['organizations:TransferType', 'String', 'there is no responsibility for bills to hand over'],
]
