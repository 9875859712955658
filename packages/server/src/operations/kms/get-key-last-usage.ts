import { type KeyLastUsage, trackingStart } from '../../keys/key-last-usage.ts'
import { onKey } from '../on-key.ts'

export const getKeyLastUsage = onKey({
  name: 'GetKeyLastUsage',
  summary: 'Says when a key was last used, for what and in which event, and since when that is known.',
  async handle({ subject: { key: entry }, parts: { lastUsages } }) {
    const { key } = entry
    const usage = await lastUsages.find(key)
    return {
      KeyId: key.keyId,
      // Empty, and not absent, for a key that was not used.
      KeyLastUsage: usage === undefined ? {} : shown(usage),
      TrackingStartDate: new Date(trackingStart(key, lastUsages.trackedSince)),
      KeyCreationDate: new Date(key.createdAt),
    }
  },
})

function shown({ operation, at, eventId, requestId }: KeyLastUsage) {
  return {
    Operation: operation,
    Timestamp: new Date(at),
    CloudTrailEventId: eventId,
    KmsRequestId: requestId,
  }
}
