import { requireOwnTagKeys } from '../../keys/tags.ts'
import { onKey } from '../on-key.ts'

export const untagResource = onKey({
  name: 'UntagResource',
  summary: 'Takes tags off a key; those it does not have are no matter.',
  check: (input) => requireOwnTagKeys(input.TagKeys),
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { key }, changes }) {
    const tags = key.key.tags.filter((tag) => !input.TagKeys.includes(tag.key))
    changes.replace('key', key.stored, { ...key.key, tags })
    return {}
  },
})
