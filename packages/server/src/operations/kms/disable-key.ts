import { onKey } from '../on-key.ts'

export const disableKey = onKey({
  name: 'DisableKey',
  summary: 'Stops all cryptographic use of a key until it is enabled again.',
  async handle({ subject: { key }, changes }) {
    changes.replace('key', key.stored, { ...key.key, keyState: 'Disabled' })
    return {}
  },
})
