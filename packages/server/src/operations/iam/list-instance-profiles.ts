import { onIamAccount } from '../iam-operation.ts'
import { instanceProfileDetail } from './instance-profile-detail.ts'
import { listNeed } from './list-need.ts'
import { isBelow, storedPage } from './paging.ts'

export const listInstanceProfiles = onIamAccount({
  name: 'ListInstanceProfiles',
  summary: 'Lists the instance profiles of the account, all or those below a path.',
  needs: (input, call) => [listNeed('ListInstanceProfiles', 'instance-profile', input, call)],
  async handle({ input, call, parts: { catalog } }) {
    const prefix = [call.caller.account]
    const keep = isBelow(input.PathPrefix)
    const listed = { kind: 'instanceProfile', index: 'name', prefix, keep } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const instanceProfiles = await Promise.all(items.map((item) => instanceProfileDetail(item, catalog)))
    return { InstanceProfiles: instanceProfiles, ...ending }
  },
})
