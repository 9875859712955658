import { lowerName } from '../../identity/entity.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onPolicy } from '../on-policy.ts'
import { policyUse } from './policy-detail.ts'

export const deletePolicy = onPolicy({
  name: 'DeletePolicy',
  summary: 'Deletes a managed policy that nobody has, of which one version is left.',
  changesPolicy: true,
  async handle({ subject: { arn, policy }, parts: { catalog }, changes }) {
    const { account, versions } = policy.value
    const { attachments, boundaries } = await policyUse(arn, account, catalog.store)
    if (attachments + boundaries > 0) {
      throw new Refusal('DeleteConflictException', 'Cannot delete a policy attached to entities.')
    }
    if (versions.length > 1) {
      throw new Refusal(
        'DeleteConflictException',
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      )
    }
    changes.remove('managedPolicy', [account, lowerName(policy.value)], policy.version)
    return {}
  },
})
