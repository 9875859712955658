import { onRole } from '../on-role.ts'
import { instanceProfileDetail } from './instance-profile-detail.ts'
import { storedPage } from './paging.ts'

export const listInstanceProfilesForRole = onRole({
  name: 'ListInstanceProfilesForRole',
  summary: 'Lists the instance profiles that have a role.',
  async handle({ input, subject: { role }, parts: { catalog } }) {
    const { account, uniqueId } = role.value
    const listed = { kind: 'instanceProfile', index: 'role', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const profiles = await Promise.all(items.map((item) => instanceProfileDetail(item, catalog)))
    return { InstanceProfiles: profiles, ...ending }
  },
})
