import { onRole, requireModifiable } from '../on-role.ts'
import { requireNothingLeft } from './nothing-left.ts'

export const deleteRole = onRole({
  name: 'DeleteRole',
  summary: 'Deletes a role that has nothing left. Policies that named it show its unique id from then on.',
  require: requireModifiable,
  async handle({ subject: { role }, parts: { catalog }, changes }) {
    const { account, uniqueId } = role.value
    const prefix = [account, uniqueId]
    await requireNothingLeft(
      [
        'remove roles from instance profile',
        () => catalog.store.count('instanceProfile', { index: 'role', prefix }),
      ],
      ['delete policies', () => catalog.store.count('inlinePolicy', { prefix })],
      ['detach all policies', () => catalog.store.count('attachment', { prefix })],
    )
    changes.remove('role', [account, uniqueId], role.version)
    changes.remove('lastUse', [uniqueId])
    return {}
  },
})
