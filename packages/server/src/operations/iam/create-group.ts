import { entityArn } from '../../identity/entity.ts'
import type { Group } from '../../identity/group.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { groupDetail } from './group-detail.ts'
import { requireRoomForNew } from './new-entity.ts'

export const createGroup = onIamAccount({
  name: 'CreateGroup',
  summary: 'Makes a group, which nobody is in yet.',
  defaults: { Path: '/' },
  needs: (input, { caller: { account } }) =>
    needsToMake('CreateGroup', {
      resource: entityArn('group', { account, path: input.Path ?? '/', name: input.GroupName }),
    }),
  async handle({ input, call, parts: { catalog, chance, limits }, changes }) {
    const { account } = call.caller
    const { GroupName: name, Path: path = '/' } = input
    await requireRoomForNew('group', { account, name }, { catalog, limits })
    const group: Group = {
      account,
      uniqueId: newUniqueId('group', chance),
      name,
      path,
      createdAt: call.now,
    }
    changes.add('group', group)
    return { Group: groupDetail(group) }
  },
})
