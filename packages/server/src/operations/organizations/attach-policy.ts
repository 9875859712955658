import { policiesOf } from '../../catalog/account-place.ts'
import { policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requirePolicy, requireTarget } from './require-target.ts'

export const attachPolicy = onOrganization({
  name: 'AttachPolicy',
  summary: 'Has a policy count for a root, unit or account and everything below.',
  policy: (input) => input.PolicyId,
  targets: (input) => ({ target: input.TargetId }),
  async handle({ subject: { organization, policy, targets }, parts: { catalog }, changes }) {
    const { policyId, type } = requirePolicy(policy).value
    const { id: targetId } = requireTarget(targets.target)
    if (!organization.value.enabledTypes.includes(type)) throw new Refusal('PolicyTypeNotEnabledException')
    const attached = (await policiesOf(targetId, catalog.store)).filter((other) => other.type === type)
    if (attached.some((other) => other.policyId === policyId)) {
      throw new Refusal('DuplicatePolicyAttachmentException')
    }
    if (attached.length >= policyTypes[type].attachedMost) {
      throw new Refusal(
        'ConstraintViolationException',
        'You have attached the maximum number of policies to the specified target.',
        { reason: 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED' },
      )
    }
    changes.add('policyTarget', { targetId, policyId })
    return {}
  },
})
