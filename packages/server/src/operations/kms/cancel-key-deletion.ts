import { onKey } from '../on-key.ts'

export const cancelKeyDeletion = onKey({
  name: 'CancelKeyDeletion',
  summary: 'Takes a key out of its waiting period. It comes back disabled.',
  async handle({ subject: { key }, changes }) {
    const { deletionAt: _deletionAt, pendingWindowDays: _pendingWindowDays, ...kept } = key.key
    changes.replace('key', key.stored, { ...kept, keyState: 'Disabled' })
    return { KeyId: key.arn }
  },
})
