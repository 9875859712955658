import { withoutTags } from '../../identity/tags.ts'
import { onPolicy } from '../on-policy.ts'

export const untagPolicy = onPolicy({
  name: 'UntagPolicy',
  summary: 'Takes tags from a managed policy.',
  changesPolicy: true,
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { policy }, changes }) {
    const tags = withoutTags(policy.value.tags, input.TagKeys)
    changes.replace('managedPolicy', policy, { ...policy.value, tags })
    return {}
  },
})
