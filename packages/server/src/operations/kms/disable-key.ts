import { onKey } from '../on-key.ts'
import { usageFacts } from './usage-facts.ts'

export const disableKey = onKey({
  name: 'DisableKey',
  summary: 'Stops all cryptographic use of a key until it is enabled again.',
  findFacts: usageFacts,
  async handle({ subject: { key }, changes }) {
    changes.replace('key', key.stored, { ...key.key, keyState: 'Disabled' })
    return {}
  },
})
