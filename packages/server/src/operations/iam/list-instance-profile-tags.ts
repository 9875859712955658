import { wireTag } from '../../identity/tags.ts'
import { onInstanceProfile } from '../on-instance-profile.ts'
import { pageOf } from './paging.ts'

export const listInstanceProfileTags = onInstanceProfile({
  name: 'ListInstanceProfileTags',
  summary: 'Lists the tags of an instance profile.',
  async handle({ input, subject: { instanceProfile } }) {
    const { items, ending } = pageOf(instanceProfile.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
