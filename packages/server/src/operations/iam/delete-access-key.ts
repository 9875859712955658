import { Refusal } from '../../protocol/errors.ts'
import { onUser } from '../on-user.ts'

export const deleteAccessKey = onUser({
  name: 'DeleteAccessKey',
  summary: 'Takes a credential away; from the answer on it proves nothing.',
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const stored = await catalog.store.find('accessKey', [input.AccessKeyId])
    if (stored === undefined || stored.value.owner !== user.value.uniqueId) {
      throw new Refusal(
        'NoSuchEntityException',
        `The Access Key with id ${input.AccessKeyId} cannot be found.`,
      )
    }
    changes.remove('accessKey', [input.AccessKeyId], stored.version)
    return {}
  },
})
