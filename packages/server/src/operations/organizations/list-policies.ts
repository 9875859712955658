import { findPolicyType, policyTypes } from '../../identity/organization-policy.ts'
import { onOrganization } from '../on-organization.ts'
import { policySummary } from './details.ts'
import { pageOf } from './paging.ts'

export const listPolicies = onOrganization({
  name: 'ListPolicies',
  summary: 'Lists the policies of a type, that of AWS included.',
  facts: (input) => ({ organizationPolicyType: input.Filter }),
  async handle({ input, subject: { organization }, parts: { catalog } }) {
    const type = findPolicyType(input.Filter)
    if (type === undefined) return { Policies: [] }
    const own = await catalog.store.list('organizationPolicy', {
      index: 'type',
      prefix: [type],
      limit: Number.MAX_SAFE_INTEGER,
    })
    const all = [policyTypes[type].fullAccess, ...own.map(({ value }) => value)]
    const { items, ending } = pageOf(all, input, ({ policyId }) => policyId)
    return { Policies: items.map((policy) => policySummary(policy, organization.value)), ...ending }
  },
})
