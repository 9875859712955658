import { wireTag } from '../../identity/tags.ts'
import { onPolicy } from '../on-policy.ts'
import { pageOf } from './paging.ts'

export const listPolicyTags = onPolicy({
  name: 'ListPolicyTags',
  summary: 'Lists the tags of a managed policy.',
  async handle({ input, subject: { policy } }) {
    const { items, ending } = pageOf(policy.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
