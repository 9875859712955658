import { onKey } from '../on-key.ts'

export const updateKeyDescription = onKey({
  name: 'UpdateKeyDescription',
  summary: 'Replaces the description of a key.',
  async handle({ input, subject: { key }, changes }) {
    changes.replace('key', key.stored, { ...key.key, description: input.Description })
    return {}
  },
})
