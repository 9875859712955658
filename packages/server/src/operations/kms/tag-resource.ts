import { readTags, withTags } from '../../keys/tags.ts'
import { onKey } from '../on-key.ts'

export const tagResource = onKey({
  name: 'TagResource',
  summary: 'Gives a key tags, or those it has new values.',
  check: (input) => void readTags(input.Tags),
  facts: (input) => ({ requestTags: readTags(input.Tags) }),
  async handle({ input, subject: { key }, changes }) {
    const tags = withTags(key.key.tags, readTags(input.Tags))
    changes.replace('key', key.stored, { ...key.key, tags })
    return {}
  },
})
