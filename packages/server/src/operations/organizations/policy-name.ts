import { type OrganizationPolicyType, policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Store } from '../../storage/store.ts'

/** Requires that no policy of the type has the name, those of AWS included. @throws Refusal `DuplicatePolicyException` */
export async function requireFreePolicyName(
  name: string,
  type: OrganizationPolicyType,
  store: Store,
): Promise<void> {
  const [taken] = await store.list('organizationPolicy', { index: 'name', prefix: [type, name], limit: 1 })
  if (taken === undefined && policyTypes[type].fullAccess.name !== name) return
  throw new Refusal('DuplicatePolicyException')
}
