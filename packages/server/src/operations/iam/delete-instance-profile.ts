import { onInstanceProfile } from '../on-instance-profile.ts'
import { requireNothingLeft } from './nothing-left.ts'

export const deleteInstanceProfile = onInstanceProfile({
  name: 'DeleteInstanceProfile',
  summary: 'Deletes an instance profile without a role.',
  async handle({ subject: { instanceProfile }, changes }) {
    const { account, uniqueId, roleId } = instanceProfile.value
    const roles = roleId === undefined ? 0 : 1
    await requireNothingLeft(['remove roles from instance profile', async () => roles])
    changes.remove('instanceProfile', [account, uniqueId], instanceProfile.version)
    return {}
  },
})
