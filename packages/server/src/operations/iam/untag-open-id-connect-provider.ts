import { withoutTags } from '../../identity/tags.ts'
import { onOpenIdProvider } from '../on-open-id-provider.ts'

export const untagOpenIdConnectProvider = onOpenIdProvider({
  name: 'UntagOpenIDConnectProvider',
  summary: 'Takes tags from an OpenID Connect provider.',
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { provider }, changes }) {
    const tags = withoutTags(provider.value.tags, input.TagKeys)
    changes.replace('openIdProvider', provider, { ...provider.value, tags })
    return {}
  },
})
