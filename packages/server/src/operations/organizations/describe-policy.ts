import { onOrganization } from '../on-organization.ts'
import { policyDetail } from './details.ts'
import { requirePolicy } from './require-target.ts'

export const describePolicy = onOrganization({
  name: 'DescribePolicy',
  summary: 'Shows a policy with its document.',
  policy: (input) => input.PolicyId,
  handle: async ({ subject: { organization, policy } }) => ({
    Policy: policyDetail(requirePolicy(policy).value, organization.value),
  }),
})
