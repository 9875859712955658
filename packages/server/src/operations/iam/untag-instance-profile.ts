import { withoutTags } from '../../identity/tags.ts'
import { onInstanceProfile } from '../on-instance-profile.ts'

export const untagInstanceProfile = onInstanceProfile({
  name: 'UntagInstanceProfile',
  summary: 'Takes tags from an instance profile.',
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { instanceProfile }, changes }) {
    const tags = withoutTags(instanceProfile.value.tags, input.TagKeys)
    changes.replace('instanceProfile', instanceProfile, { ...instanceProfile.value, tags })
    return {}
  },
})
