import { policiesOf } from '../../catalog/account-place.ts'
import { onOrganization } from '../on-organization.ts'
import { policySummary } from './details.ts'
import { pageOf } from './paging.ts'
import { requireTarget } from './require-target.ts'

export const listPoliciesForTarget = onOrganization({
  name: 'ListPoliciesForTarget',
  summary: 'Lists the policies of a type that are attached right to a root, unit or account.',
  targets: (input) => ({ target: input.TargetId }),
  facts: (input) => ({ organizationPolicyType: input.Filter }),
  async handle({ input, subject: { organization, targets }, parts: { catalog } }) {
    const attached = await policiesOf(requireTarget(targets.target).id, catalog.store)
    const ofType = attached.filter(({ type }) => type === input.Filter)
    const { items, ending } = pageOf(ofType, input, ({ policyId }) => policyId)
    return { Policies: items.map((policy) => policySummary(policy, organization.value)), ...ending }
  },
})
