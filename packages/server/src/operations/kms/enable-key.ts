import { onKey } from '../on-key.ts'

export const enableKey = onKey({
  name: 'EnableKey',
  summary: 'Lets a disabled key be used again.',
  async handle({ subject: { key }, changes }) {
    changes.replace('key', key.stored, { ...key.key, keyState: 'Enabled' })
    return {}
  },
})
