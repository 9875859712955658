import { onUser } from '../on-user.ts'
import { requireNothingLeft } from './nothing-left.ts'

export const deleteUser = onUser({
  name: 'DeleteUser',
  summary:
    'Deletes a user that has nothing left. Key policies that named it show its unique id from then on.',
  async handle({ subject: { user }, parts: { catalog }, changes }) {
    const { account, uniqueId } = user.value
    const prefix = [account, uniqueId]
    await requireNothingLeft(
      ['delete access keys', () => catalog.store.count('accessKey', { index: 'owner', prefix })],
      ['delete policies', () => catalog.store.count('inlinePolicy', { prefix })],
      ['detach all policies', () => catalog.store.count('attachment', { prefix })],
      ['delete MFA device', () => catalog.store.count('mfaDevice', { index: 'user', prefix })],
      ['remove user from groups', () => catalog.store.count('membership', { prefix })],
    )
    changes.remove('user', [account, uniqueId], user.version)
    return {}
  },
})
