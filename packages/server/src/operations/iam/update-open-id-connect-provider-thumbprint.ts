import { onOpenIdProvider } from '../on-open-id-provider.ts'
import { readThumbprints } from './open-id-thumbprints.ts'

export const updateOpenIdConnectProviderThumbprint = onOpenIdProvider({
  name: 'UpdateOpenIDConnectProviderThumbprint',
  summary: 'Replaces the certificates that the connection to a provider is trusted by.',
  check: (input) => void readThumbprints(input.ThumbprintList),
  async handle({ input, subject: { provider }, changes }) {
    const thumbprints = readThumbprints(input.ThumbprintList)
    changes.replace('openIdProvider', provider, { ...provider.value, thumbprints })
    return {}
  },
})
