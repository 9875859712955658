import { readTags, withTags } from '../../identity/tags.ts'
import { onOpenIdProvider } from '../on-open-id-provider.ts'
import { tagFacts } from './tag-facts.ts'

export const tagOpenIdConnectProvider = onOpenIdProvider({
  name: 'TagOpenIDConnectProvider',
  summary: 'Gives an OpenID Connect provider tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { provider }, changes }) {
    const tags = withTags(provider.value.tags, readTags(input.Tags))
    changes.replace('openIdProvider', provider, { ...provider.value, tags })
    return {}
  },
})
