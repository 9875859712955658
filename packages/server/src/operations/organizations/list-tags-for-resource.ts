import { onOrganization } from '../on-organization.ts'
import { pageOf } from './paging.ts'
import { taggedParts, tagsOf } from './tagged.ts'

export const listTagsForResource = onOrganization({
  name: 'ListTagsForResource',
  summary: 'Lists the tags of a root, unit, account or policy.',
  policy: taggedParts.policyId,
  targets: taggedParts.targets,
  async handle({ input, subject }) {
    // A page holds every tag there may be.
    const { items, ending } = pageOf(tagsOf(subject), { ...input, MaxResults: 50 }, ({ key }) => key)
    return { Tags: items.map(({ key: Key, value: Value }) => ({ Key, Value })), ...ending }
  },
})
