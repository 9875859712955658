import type { Chance } from './base/chance.ts'
import { newOrganizationId, newRootId, type Organization, theOrganization } from './identity/organization.ts'
import { policyTypes } from './identity/organization-policy.ts'
import type { Store } from './storage/store.ts'

/**
 * Makes the organization, unless it is there: with all features, as AWS makes one, and so with service control policies
 * enabled. Part of the first start, and done at the next by an installation of a release that had none.
 */
export async function makeOrganization({
  store,
  chance,
  managementAccount,
}: {
  readonly store: Store
  readonly chance: Chance
  readonly managementAccount: string
}): Promise<void> {
  if ((await store.find('organization', theOrganization)) !== undefined) return
  const rootId = newRootId(chance)
  const organization: Organization = {
    organizationId: newOrganizationId(chance),
    managementAccount,
    rootId,
    rootTags: [],
    enabledTypes: ['SERVICE_CONTROL_POLICY'],
  }
  const { policyId } = policyTypes.SERVICE_CONTROL_POLICY.fullAccess
  const member = {
    accountId: managementAccount,
    parentId: rootId,
    joinedMethod: 'INVITED',
    tags: [],
  } as const
  await store.commit([
    { put: 'organization', value: organization, expected: 'absent' },
    { put: 'member', value: member, expected: 'absent' },
    { put: 'policyTarget', value: { targetId: rootId, policyId }, expected: 'absent' },
    { put: 'policyTarget', value: { targetId: managementAccount, policyId }, expected: 'absent' },
  ])
}
