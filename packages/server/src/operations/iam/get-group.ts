import { onGroup } from '../on-group.ts'
import { groupDetail } from './group-detail.ts'
import { storedPage } from './paging.ts'
import { listedUser } from './user-detail.ts'

export const getGroup = onGroup({
  name: 'GetGroup',
  summary: 'Shows a group and the users in it.',
  async handle({ input, subject: { group }, parts: { catalog } }) {
    const { account, uniqueId } = group.value
    const listed = { kind: 'membership', index: 'group', prefix: [account, uniqueId] } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const users = await Promise.all(items.map(({ userId }) => catalog.store.find('user', [account, userId])))
    return {
      Group: groupDetail(group.value),
      Users: users.flatMap((user) => (user === undefined ? [] : [listedUser(user.value)])),
      ...ending,
    }
  },
})
