import { requireOrigin } from '../../keys/key-origin.ts'
import { onKey } from '../on-key.ts'

export const getKeyRotationStatus = onKey({
  name: 'GetKeyRotationStatus',
  summary: 'Says whether a key is rotated automatically, how often, and when next.',
  require(_input, { key, state }) {
    // A key that waits for material is asked as if it were only possible for others (AWS's table of key states, [6]).
    if (state === 'PendingImport') requireOrigin(key, 'AWS_KMS')
  },
  async handle({ subject: { key: entry } }) {
    const { keyId, rotation } = entry.key
    const isPendingDeletion = entry.state === 'PendingDeletion' || entry.state === 'PendingReplicaDeletion'
    if (rotation === undefined || isPendingDeletion) return { KeyId: keyId, KeyRotationEnabled: false }
    return {
      KeyId: keyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodDays,
      NextRotationDate: new Date(rotation.nextAt),
    }
  },
})
