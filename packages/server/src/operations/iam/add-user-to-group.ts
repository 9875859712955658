import { requireRoom } from '../../identity/quotas.ts'
import { getEntity } from '../on-entity.ts'
import { onGroup } from '../on-group.ts'

export const addUserToGroup = onGroup({
  name: 'AddUserToGroup',
  summary: 'Gives a user what a group is allowed.',
  async handle({ input, subject: { group }, call, parts: { catalog }, changes }) {
    const user = await getEntity('user', input.UserName, { call, catalog })
    const { account, uniqueId: userId } = user.value
    const { uniqueId: groupId } = group.value
    if ((await catalog.store.find('membership', [account, userId, groupId])) !== undefined) return {}
    requireRoom('GroupsPerUser', await catalog.store.count('membership', { prefix: [account, userId] }))
    changes.add('membership', { account, userId, groupId })
    // Both must still be there, and the user in as many groups as were counted.
    changes.replace('user', user, user.value)
    changes.replace('group', group, group.value)
    return {}
  },
})
