import { onInstanceProfile } from '../on-instance-profile.ts'
import { instanceProfileDetail } from './instance-profile-detail.ts'

export const getInstanceProfile = onInstanceProfile({
  name: 'GetInstanceProfile',
  summary: 'Shows an instance profile and its role.',
  async handle({ subject: { instanceProfile }, parts: { catalog } }) {
    return { InstanceProfile: await instanceProfileDetail(instanceProfile.value, catalog) }
  },
})
