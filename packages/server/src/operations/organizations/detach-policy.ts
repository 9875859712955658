import { policiesOf } from '../../catalog/account-place.ts'
import { policyTypes } from '../../identity/organization-policy.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { requirePolicy, requireTarget } from './require-target.ts'

export const detachPolicy = onOrganization({
  name: 'DetachPolicy',
  summary: 'Has a policy no longer count for a root, unit or account; the last of its type stays.',
  policy: (input) => input.PolicyId,
  targets: (input) => ({ target: input.TargetId }),
  async handle({ subject: { policy, targets }, parts: { catalog }, changes }) {
    const { policyId, type } = requirePolicy(policy).value
    const { id: targetId } = requireTarget(targets.target)
    const attachment = await catalog.store.find('policyTarget', [targetId, policyId])
    if (attachment === undefined) throw new Refusal('PolicyNotAttachedException')
    const { fullAccess, fullAccessStays } = policyTypes[type]
    if (fullAccessStays && policyId === fullAccess.policyId) {
      throw new Refusal('InvalidInputException', "You can't detach this AWS managed policy.", {
        reason: 'NON_DETACHABLE_POLICY',
      })
    }
    const attached = (await policiesOf(targetId, catalog.store)).filter((other) => other.type === type)
    if (attached.length === 1) {
      throw new Refusal(
        'ConstraintViolationException',
        'You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.',
        { reason: 'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED' },
      )
    }
    changes.remove('policyTarget', [targetId, policyId], attachment.version)
    return {}
  },
})
