import type { Target } from '../../catalog/organization-targets.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'

export const describeEffectivePolicy = onOrganization({
  name: 'DescribeEffectivePolicy',
  summary:
    'Shows what policies of a type that is not about access come to for an account: here, that there are none.',
  forMembers: true,
  targets: (input): { readonly account?: string } =>
    input.TargetId === undefined ? {} : { account: input.TargetId },
  async handle({ input, subject: { organization, targets }, call: { caller } }) {
    const isManagement = caller.account === organization.value.managementAccount
    if (isManagement && input.TargetId !== undefined) requireTargetAccount(targets.account)
    else if (input.TargetId !== undefined && input.TargetId !== caller.account) {
      throw new Refusal('AccessDeniedException', "You don't have permissions to access this resource.")
    }
    // Policies that configure AWS services have no meaning here, so that none of their types can be enabled.
    throw new Refusal('EffectivePolicyNotFoundException')
  },
})

/** Only accounts have one; roots and units are no targets here. @throws Refusal `TargetNotFoundException` */
function requireTargetAccount(target: Target | undefined): void {
  if (target?.type !== 'ACCOUNT') throw new Refusal('TargetNotFoundException')
}
