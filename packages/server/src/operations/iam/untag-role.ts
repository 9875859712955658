import { withoutTags } from '../../identity/tags.ts'
import { onRole } from '../on-role.ts'

export const untagRole = onRole({
  name: 'UntagRole',
  summary: 'Takes tags from a role.',
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { role }, changes }) {
    const tags = withoutTags(role.value.tags, input.TagKeys)
    changes.replace('role', role, { ...role.value, tags })
    return {}
  },
})
