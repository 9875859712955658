import { onIamAccount } from '../iam-operation.ts'
import { listNeed } from './list-need.ts'
import { isBelow, storedPage } from './paging.ts'
import { listedUser } from './user-detail.ts'

export const listUsers = onIamAccount({
  name: 'ListUsers',
  summary: 'Lists the users of the account, all or those below a path.',
  needs: (input, call) => [listNeed('ListUsers', 'user', input, call)],
  async handle({ input, call, parts: { catalog } }) {
    const prefix = [call.caller.account]
    const keep = isBelow(input.PathPrefix)
    const listed = { kind: 'user', index: 'name', prefix, keep } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    return { Users: items.map(listedUser), ...ending }
  },
})
