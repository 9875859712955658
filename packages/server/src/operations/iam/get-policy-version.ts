import { onPolicy } from '../on-policy.ts'
import { versionDetail } from './policy-detail.ts'
import { getVersion } from './policy-version.ts'

export const getPolicyVersion = onPolicy({
  name: 'GetPolicyVersion',
  summary: 'Shows a version of a managed policy with its document, URL-encoded as IAM does.',
  async handle({ input, subject: { arn, policy } }) {
    const version = getVersion(policy.value, arn, input.VersionId)
    const Document = encodeURIComponent(version.text)
    return { PolicyVersion: { Document, ...versionDetail(policy.value, version) } }
  },
})
