import { withoutTags } from '../../identity/tags.ts'
import { onUser } from '../on-user.ts'

export const untagUser = onUser({
  name: 'UntagUser',
  summary: 'Takes tags from an user.',
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { user }, changes }) {
    const tags = withoutTags(user.value.tags, input.TagKeys)
    changes.replace('user', user, { ...user.value, tags })
    return {}
  },
})
