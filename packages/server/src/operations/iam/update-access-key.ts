import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'
import { ownAccessKey } from './own-access-key.ts'

export const updateAccessKey = onUser({
  name: 'UpdateAccessKey',
  summary: 'Lets a credential rest, or work again.',
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const { Status: status, AccessKeyId: id } = input
    // In the model for what AWS does by itself, and not for anybody to ask for.
    if (status === 'Expired') throw new Refusal('InvalidInputException', 'Invalid status: Expired')
    const key = await ownAccessKey(user.value, id, catalog)
    changes.replace('accessKey', key, { ...key.value, status })
    return {}
  },
})
