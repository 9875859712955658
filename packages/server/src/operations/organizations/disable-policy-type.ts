import { findAwsPolicy, type OrganizationPolicyType } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Store } from '../../storage/store.ts'
import { onOrganization } from '../on-organization.ts'
import { rootDetail } from './details.ts'
import { requirePolicyType, requireRoot } from './require-target.ts'

export const disablePolicyType = onOrganization({
  name: 'DisablePolicyType',
  summary: 'Has policies of a type no longer count; they are detached from everything.',
  targets: (input) => ({ root: input.RootId }),
  facts: (input) => ({ organizationPolicyType: input.PolicyType }),
  async handle({ input, subject: { organization, targets }, parts: { catalog }, changes }) {
    requireRoot(targets.root)
    const type = requirePolicyType(input.PolicyType)
    const { enabledTypes } = organization.value
    if (!enabledTypes.includes(type)) throw new Refusal('PolicyTypeNotEnabledException')
    const disabled = { ...organization.value, enabledTypes: enabledTypes.filter((other) => other !== type) }
    changes.replace('organization', organization, disabled)
    const { store } = catalog
    const attachments = await store.list('policyTarget', { prefix: [], limit: Number.MAX_SAFE_INTEGER })
    const types = await typesOf(new Set(attachments.map(({ value }) => value.policyId)), store)
    for (const { value, version } of attachments) {
      const { targetId, policyId } = value
      if (types.get(policyId) === type) changes.remove('policyTarget', [targetId, policyId], version)
    }
    return { Root: rootDetail(disabled) }
  },
})

async function typesOf(
  policyIds: ReadonlySet<string>,
  store: Store,
): Promise<ReadonlyMap<string, OrganizationPolicyType | undefined>> {
  const types = new Map<string, OrganizationPolicyType | undefined>()
  for (const policyId of policyIds) {
    const policy = findAwsPolicy(policyId) ?? (await store.find('organizationPolicy', [policyId]))?.value
    types.set(policyId, policy?.type)
  }
  return types
}
