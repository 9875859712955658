import { quotaOf, requireSize } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onPolicy } from '../on-policy.ts'
import { versionDetail } from './policy-detail.ts'
import { requireIdentityPolicy } from './read-policy.ts'

export const createPolicyVersion = onPolicy({
  name: 'CreatePolicyVersion',
  summary: 'Adds a version to a managed policy, which counts at once if it is made the default.',
  changesPolicy: true,
  check: ({ PolicyDocument }) => void requireIdentityPolicy(PolicyDocument),
  async handle({ input, subject: { policy }, call, changes }) {
    const { PolicyDocument: text, SetAsDefault: isDefault = false } = input
    const { versions, newestVersion, defaultVersion } = policy.value
    if (versions.length >= quotaOf('VersionsPerPolicy')) {
      throw new Refusal(
        'LimitExceededException',
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
      )
    }
    requireSize('PolicySize', text)
    const version = { number: newestVersion + 1, text, createdAt: call.now }
    const changed = {
      ...policy.value,
      updatedAt: call.now,
      newestVersion: version.number,
      defaultVersion: isDefault ? version.number : defaultVersion,
      versions: [...versions, version],
    }
    changes.replace('managedPolicy', policy, changed)
    return { PolicyVersion: versionDetail(changed, version) }
  },
})
