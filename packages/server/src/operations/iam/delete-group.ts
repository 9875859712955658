import { onGroup } from '../on-group.ts'
import { requireNothingLeft } from './nothing-left.ts'

export const deleteGroup = onGroup({
  name: 'DeleteGroup',
  summary: 'Deletes a group that has no users and no policies left.',
  async handle({ subject: { group }, parts: { catalog }, changes }) {
    const { account, uniqueId } = group.value
    const prefix = [account, uniqueId]
    await requireNothingLeft(
      ['remove users from group', () => catalog.store.count('membership', { index: 'group', prefix })],
      ['delete policies', () => catalog.store.count('inlinePolicy', { prefix })],
      ['detach all policies', () => catalog.store.count('attachment', { prefix })],
    )
    changes.remove('group', [account, uniqueId], group.version)
    return {}
  },
})
