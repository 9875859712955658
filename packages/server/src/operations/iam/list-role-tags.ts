import { wireTag } from '../../identity/tags.ts'
import { onRole } from '../on-role.ts'
import { pageOf } from './paging.ts'

export const listRoleTags = onRole({
  name: 'ListRoleTags',
  summary: 'Lists the tags of a role.',
  async handle({ input, subject: { role } }) {
    const { items, ending } = pageOf(role.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
