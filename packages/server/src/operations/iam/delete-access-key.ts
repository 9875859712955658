import { onUser } from '../on-user.ts'
import { ownAccessKey } from './own-access-key.ts'

export const deleteAccessKey = onUser({
  name: 'DeleteAccessKey',
  summary: 'Takes a credential away; from the answer on it proves nothing.',
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const { version } = await ownAccessKey(user.value, input.AccessKeyId, catalog)
    changes.remove('accessKey', [input.AccessKeyId], version)
    changes.remove('lastUse', [input.AccessKeyId])
    return {}
  },
})
