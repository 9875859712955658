import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'

export const deleteUser = onUser({
  name: 'DeleteUser',
  summary:
    'Deletes a user that has nothing left. Key policies that named it show its unique id from then on.',
  async handle({ subject: { user }, parts: { catalog }, changes }) {
    const { account, uniqueId } = user.value
    const keys = await catalog.store.count('accessKey', { index: 'owner', prefix: [account, uniqueId] })
    const policies = await catalog.store.count('userPolicy', { prefix: [account, uniqueId] })
    const left = keys > 0 ? 'access keys' : policies > 0 ? 'policies' : undefined
    if (left !== undefined) {
      throw new Refusal('DeleteConflictException', `Cannot delete entity, must delete ${left} first.`)
    }
    changes.remove('user', [account, uniqueId], user.version)
    return {}
  },
})
