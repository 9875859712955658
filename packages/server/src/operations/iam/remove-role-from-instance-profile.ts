import { Refusal } from '../../protocol/errors.ts'
import { getEntity } from '../on-entity.ts'
import { onInstanceProfile } from '../on-instance-profile.ts'

export const removeRoleFromInstanceProfile = onInstanceProfile({
  name: 'RemoveRoleFromInstanceProfile',
  summary: 'Takes the role out of an instance profile.',
  async handle({ input, subject: { instanceProfile }, call, parts: { catalog }, changes }) {
    const { value: role } = await getEntity('role', input.RoleName, { call, catalog })
    const { roleId, ...empty } = instanceProfile.value
    if (roleId !== role.uniqueId) {
      throw new Refusal(
        'NoSuchEntityException',
        `Role ${role.name} not in instance profile ${instanceProfile.value.name}`,
      )
    }
    changes.replace('instanceProfile', instanceProfile, empty)
    return {}
  },
})
