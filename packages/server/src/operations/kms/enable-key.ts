import { enabled } from '../../keys/rotation.ts'
import { onKey } from '../on-key.ts'

export const enableKey = onKey({
  name: 'EnableKey',
  summary: 'Lets a disabled key be used again.',
  async handle({ subject: { key }, call, changes }) {
    changes.replace('key', key.stored, enabled(key.key, call.now))
    return {}
  },
})
