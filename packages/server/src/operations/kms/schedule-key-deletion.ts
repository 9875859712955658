import { isPrimary } from '../../keys/multi-region.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { usageFacts } from './usage-facts.ts'

const dayMs = 86_400_000
const windowDays = { least: 7, most: 30 }

export const scheduleKeyDeletion = onKey({
  name: 'ScheduleKeyDeletion',
  summary: 'Has a key and its material deleted for good after a waiting period of 7 to 30 days.',
  defaults: { PendingWindowInDays: windowDays.most },
  check({ PendingWindowInDays: days = windowDays.most }) {
    // The service model allows 1 to 365; the API does not (AWS KMS API Reference, ScheduleKeyDeletion).
    if (days >= windowDays.least && days <= windowDays.most) return
    const bound =
      days < windowDays.least
        ? `greater than or equal to ${windowDays.least}`
        : `less than or equal to ${windowDays.most}`
    throw new Refusal(
      'ValidationException',
      `1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${bound}`,
    )
  },
  facts: (input) => ({ pendingWindowInDays: input.PendingWindowInDays ?? windowDays.most }),
  findFacts: usageFacts,
  async handle({ input, subject: { key }, call, changes }) {
    const days = input.PendingWindowInDays ?? windowDays.most
    const { settlesAt: _settlesAt, ...kept } = key.key
    if (isPrimary(kept) && kept.related !== undefined && kept.related.replicas.length > 0) {
      // It waits for its replicas to be gone, and only then for its own time to pass.
      const keyState = 'PendingReplicaDeletion'
      changes.replace('key', key.stored, { ...kept, keyState, pendingWindowDays: days })
      return { KeyId: key.arn, KeyState: keyState, PendingWindowInDays: days }
    }
    const deletionAt = call.now + days * dayMs
    changes.replace('key', key.stored, { ...kept, keyState: 'PendingDeletion', deletionAt })
    return {
      KeyId: key.arn,
      DeletionDate: new Date(deletionAt),
      KeyState: 'PendingDeletion',
      PendingWindowInDays: days,
    }
  },
})
