import { onIamAccount } from '../iam-operation.ts'
import { groupDetail } from './group-detail.ts'
import { listNeed } from './list-need.ts'
import { isBelow, storedPage } from './paging.ts'

export const listGroups = onIamAccount({
  name: 'ListGroups',
  summary: 'Lists the groups of the account, all or those below a path.',
  needs: (input, call) => [listNeed('ListGroups', 'group', input, call)],
  async handle({ input, call, parts: { catalog } }) {
    const prefix = [call.caller.account]
    const keep = isBelow(input.PathPrefix)
    const listed = { kind: 'group', index: 'name', prefix, keep } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { Groups: items.map(groupDetail), ...ending }
  },
})
