import { wireTags } from '../../identity/tags.ts'
import { onOpenIdProvider } from '../on-open-id-provider.ts'

export const getOpenIdConnectProvider = onOpenIdProvider({
  name: 'GetOpenIDConnectProvider',
  summary: 'Tells what is known of an OpenID Connect provider.',
  async handle({ subject: { provider } }) {
    const { place, clientIds, thumbprints, createdAt, tags } = provider.value
    return {
      Url: place,
      ClientIDList: clientIds,
      ThumbprintList: thumbprints,
      CreateDate: new Date(createdAt),
      ...wireTags(tags),
    }
  },
})
