import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'

export const revokeGrant = onKey({
  name: 'RevokeGrant',
  summary: 'Ends a grant: for those who may administer the key.',
  facts: () => ({ concernsGrants: true }),
  async handle({ input, subject: { key }, parts: { catalog }, changes }) {
    const { account, region, keyId } = key.key
    const stored = await catalog.store.find('grant', [account, region, keyId, input.GrantId])
    if (stored === undefined) {
      throw new Refusal('NotFoundException', `Grant ID ${input.GrantId} not found`)
    }
    changes.remove('grant', [account, region, keyId, input.GrantId], stored.version)
    return {}
  },
})
