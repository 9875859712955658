import { onPolicy } from '../on-policy.ts'
import { pageOf } from './paging.ts'
import { versionDetail } from './policy-detail.ts'

/** Versions are listed newest first, and named so that this is the order of their names. */
const orderOf = ({ number }: { readonly number: number }) => String(Number.MAX_SAFE_INTEGER - number)

export const listPolicyVersions = onPolicy({
  name: 'ListPolicyVersions',
  summary: 'Lists the versions of a managed policy, the newest first.',
  async handle({ input, subject: { policy } }) {
    const { items, ending } = pageOf(policy.value.versions, input, orderOf)
    return { Versions: items.map((version) => versionDetail(policy.value, version)), ...ending }
  },
})
