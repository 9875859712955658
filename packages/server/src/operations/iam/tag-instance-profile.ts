import { readTags, withTags } from '../../identity/tags.ts'
import { onInstanceProfile } from '../on-instance-profile.ts'
import { tagFacts } from './tag-facts.ts'

export const tagInstanceProfile = onInstanceProfile({
  name: 'TagInstanceProfile',
  summary: 'Gives an instance profile tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { instanceProfile }, changes }) {
    const tags = withTags(instanceProfile.value.tags, readTags(input.Tags))
    changes.replace('instanceProfile', instanceProfile, { ...instanceProfile.value, tags })
    return {}
  },
})
