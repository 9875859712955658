import { onOrganization } from '../on-organization.ts'
import { replaceTags, taggedParts, tagsOf } from './tagged.ts'
import { readTags, tagFacts, withTags } from './tags.ts'

export const tagResource = onOrganization({
  name: 'TagResource',
  summary: 'Gives a root, unit, account or policy tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  policy: taggedParts.policyId,
  targets: taggedParts.targets,
  facts: tagFacts,
  async handle({ input, subject, changes }) {
    replaceTags(subject, withTags(tagsOf(subject), readTags(input.Tags)), changes)
    return {}
  },
})
