import { groupsOf } from '../../catalog/held-policies.ts'
import { onUser } from '../on-user.ts'
import { groupDetail } from './group-detail.ts'
import { pageOf } from './paging.ts'

export const listGroupsForUser = onUser({
  name: 'ListGroupsForUser',
  summary: 'Lists the groups a user is in.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const groups = await groupsOf(user.value, catalog.store)
    const { items, ending } = pageOf(groups, input, ({ value }) => value.name)
    return { Groups: items.map(({ value }) => groupDetail(value)), ...ending }
  },
})
