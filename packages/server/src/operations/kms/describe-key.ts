import { keyMetadata } from '../../keys/key-metadata.ts'
import { onKey } from '../on-key.ts'

export const describeKey = onKey({
  name: 'DescribeKey',
  summary: 'Shows everything about a key but its policy, tags, aliases, grants and material.',
  handle: async ({ subject }) => ({ KeyMetadata: keyMetadata(subject.key.key, subject.key.state) }),
})
