import { Refusal } from '../../protocol/errors.ts'
import { onUserOrRoot } from '../on-user-or-root.ts'
import { ownAccessKey } from './own-access-key.ts'

export const updateAccessKey = onUserOrRoot({
  name: 'UpdateAccessKey',
  summary: 'Lets a credential rest, or work again.',
  async handle({ input, subject, parts: { catalog }, changes }) {
    const { Status: status, AccessKeyId: id } = input
    // In the model for what AWS does by itself, and not for anybody to ask for.
    if (status === 'Expired') throw new Refusal('InvalidInputException', 'Invalid status: Expired')
    const key = await ownAccessKey(subject, id, catalog)
    changes.replace('accessKey', key, { ...key.value, status })
    return {}
  },
})
