import { readTags, withTags } from '../../identity/tags.ts'
import { onPolicy } from '../on-policy.ts'
import { tagFacts } from './tag-facts.ts'

export const tagPolicy = onPolicy({
  name: 'TagPolicy',
  summary: 'Gives a managed policy tags, new values for those it has.',
  changesPolicy: true,
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { policy }, changes }) {
    const tags = withTags(policy.value.tags, readTags(input.Tags))
    changes.replace('managedPolicy', policy, { ...policy.value, tags })
    return {}
  },
})
