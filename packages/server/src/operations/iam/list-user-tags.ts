import { wireTag } from '../../identity/tags.ts'
import { onUser } from '../on-user.ts'
import { pageOf } from './paging.ts'

export const listUserTags = onUser({
  name: 'ListUserTags',
  summary: 'Lists the tags of an user.',
  async handle({ input, subject: { user } }) {
    const { items, ending } = pageOf(user.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
