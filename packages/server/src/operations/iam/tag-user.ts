import { readTags, withTags } from '../../identity/tags.ts'
import { onUser } from '../on-user.ts'
import { tagFacts } from './tag-facts.ts'

export const tagUser = onUser({
  name: 'TagUser',
  summary: 'Gives an user tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { user }, changes }) {
    const tags = withTags(user.value.tags, readTags(input.Tags))
    changes.replace('user', user, { ...user.value, tags })
    return {}
  },
})
