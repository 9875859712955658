import { page, pageOf } from '../../keys/paging.ts'
import { wireTag } from '../../keys/tags.ts'
import { onKey } from '../on-key.ts'

export const listResourceTags = onKey({
  name: 'ListResourceTags',
  summary: 'Lists the tags of a key.',
  async handle({ input, subject: { key } }) {
    const { limit, after } = pageOf('ListResourceTags', input)
    const rest = key.key.tags
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
      .filter((tag) => after === undefined || tag.key > String(after[0]))
    const { items, ending } = page(rest, limit, (tag) => [tag.key])
    return { Tags: items.map(wireTag), ...ending }
  },
})
