import { wireTag } from '../../identity/tags.ts'
import { onOpenIdProvider } from '../on-open-id-provider.ts'
import { pageOf } from './paging.ts'

export const listOpenIdConnectProviderTags = onOpenIdProvider({
  name: 'ListOpenIDConnectProviderTags',
  summary: 'Lists the tags of an OpenID Connect provider.',
  async handle({ input, subject: { provider } }) {
    const { items, ending } = pageOf(provider.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
