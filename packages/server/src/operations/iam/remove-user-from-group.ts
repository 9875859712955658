import { Refusal } from '../../protocol/errors.ts'
import { getEntity } from '../on-entity.ts'
import { onGroup } from '../on-group.ts'

export const removeUserFromGroup = onGroup({
  name: 'RemoveUserFromGroup',
  summary: 'Takes from a user what a group is allowed.',
  async handle({ input, subject: { group }, call, parts: { catalog }, changes }) {
    const { value: user } = await getEntity('user', input.UserName, { call, catalog })
    const key = [user.account, user.uniqueId, group.value.uniqueId] as const
    const stored = await catalog.store.find('membership', key)
    if (stored === undefined) {
      throw new Refusal('NoSuchEntityException', `User ${user.name} not in group ${group.value.name}`)
    }
    changes.remove('membership', key, stored.version)
    return {}
  },
})
