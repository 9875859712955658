import type { Organization } from '../../identity/organization.ts'
import { policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Store } from '../../storage/store.ts'
import { onOrganization } from '../on-organization.ts'
import { rootDetail } from './details.ts'
import { requirePolicyType, requireRoot } from './require-target.ts'

export const enablePolicyType = onOrganization({
  name: 'EnablePolicyType',
  summary: 'Has policies of a type count; a policy of AWS that allows everything is attached everywhere.',
  targets: (input) => ({ root: input.RootId }),
  facts: (input) => ({ organizationPolicyType: input.PolicyType }),
  async handle({ input, subject: { organization, targets }, parts: { catalog }, changes }) {
    requireRoot(targets.root)
    const type = requirePolicyType(input.PolicyType)
    const { enabledTypes } = organization.value
    if (enabledTypes.includes(type)) throw new Refusal('PolicyTypeAlreadyEnabledException')
    const enabled: Organization = { ...organization.value, enabledTypes: [...enabledTypes, type] }
    changes.replace('organization', organization, enabled)
    const { policyId } = policyTypes[type].fullAccess
    for (const targetId of await everyTarget(organization.value, catalog.store)) {
      changes.add('policyTarget', { targetId, policyId })
    }
    return { Root: rootDetail(enabled) }
  },
})

/** The root, and all units and accounts below. */
async function everyTarget({ rootId }: Organization, store: Store): Promise<readonly string[]> {
  const all = { prefix: [], limit: Number.MAX_SAFE_INTEGER }
  const units = await store.list('organizationalUnit', all)
  const members = await store.list('member', all)
  return [rootId, ...units.map(({ value }) => value.unitId), ...members.map(({ value }) => value.accountId)]
}
