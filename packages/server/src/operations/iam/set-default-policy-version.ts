import { onPolicy } from '../on-policy.ts'
import { getVersion } from './policy-version.ts'

export const setDefaultPolicyVersion = onPolicy({
  name: 'SetDefaultPolicyVersion',
  summary: 'Has another version of a managed policy count, for everybody who has it, from the next call on.',
  changesPolicy: true,
  async handle({ input, subject: { arn, policy }, call, changes }) {
    const { number } = getVersion(policy.value, arn, input.VersionId)
    changes.replace('managedPolicy', policy, {
      ...policy.value,
      defaultVersion: number,
      updatedAt: call.now,
    })
    return {}
  },
})
