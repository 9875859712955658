import { readTags, withTags } from '../../identity/tags.ts'
import { onRole } from '../on-role.ts'
import { tagFacts } from './tag-facts.ts'

export const tagRole = onRole({
  name: 'TagRole',
  summary: 'Gives a role tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { role }, changes }) {
    const tags = withTags(role.value.tags, readTags(input.Tags))
    changes.replace('role', role, { ...role.value, tags })
    return {}
  },
})
