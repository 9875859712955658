import { onOrganization } from '../on-organization.ts'
import { replaceTags, taggedParts, tagsOf } from './tagged.ts'
import { checkTagKeys, withoutTags } from './tags.ts'

export const untagResource = onOrganization({
  name: 'UntagResource',
  summary: 'Takes tags from a root, unit, account or policy.',
  check: (input) => checkTagKeys(input.TagKeys),
  policy: taggedParts.policyId,
  targets: taggedParts.targets,
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject, changes }) {
    replaceTags(subject, withoutTags(tagsOf(subject), input.TagKeys), changes)
    return {}
  },
})
