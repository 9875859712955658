import { onUserOrRoot } from '../on-user-or-root.ts'
import { ownAccessKey } from './own-access-key.ts'

export const deleteAccessKey = onUserOrRoot({
  name: 'DeleteAccessKey',
  summary: 'Takes a credential away; from the answer on it proves nothing.',
  async handle({ input, subject, parts: { catalog }, changes }) {
    const { version } = await ownAccessKey(subject, input.AccessKeyId, catalog)
    changes.remove('accessKey', [input.AccessKeyId], version)
    changes.remove('lastUse', [input.AccessKeyId])
    return {}
  },
})
