import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requireOwnPolicy } from './require-target.ts'

export const deletePolicy = onOrganization({
  name: 'DeletePolicy',
  summary: 'Deletes a policy that is attached to nothing.',
  policy: (input) => input.PolicyId,
  async handle({ subject, parts: { catalog }, changes }) {
    const { value, version } = requireOwnPolicy(subject.policy)
    const uses = await catalog.store.count('policyTarget', { index: 'policy', prefix: [value.policyId] })
    if (uses > 0) throw new Refusal('PolicyInUseException')
    changes.remove('organizationPolicy', [value.policyId], version)
    return {}
  },
})
