import { Refusal } from '../../protocol/errors.ts'
import { onPolicy } from '../on-policy.ts'
import { getVersion } from './policy-version.ts'

export const deletePolicyVersion = onPolicy({
  name: 'DeletePolicyVersion',
  summary: 'Deletes a version of a managed policy that does not count.',
  changesPolicy: true,
  async handle({ input, subject: { arn, policy }, changes }) {
    const { number } = getVersion(policy.value, arn, input.VersionId)
    if (number === policy.value.defaultVersion) {
      throw new Refusal('DeleteConflictException', 'Cannot delete the default version of a policy.')
    }
    const versions = policy.value.versions.filter((version) => version.number !== number)
    changes.replace('managedPolicy', policy, { ...policy.value, versions })
    return {}
  },
})
