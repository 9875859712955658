import { onOpenIdProvider } from '../on-open-id-provider.ts'

export const removeClientIdFromOpenIdConnectProvider = onOpenIdProvider({
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  summary:
    'Lets the tokens of a provider be meant for a client no more. Removing one that is not there succeeds.',
  async handle({ input: { ClientID: id }, subject: { provider }, changes }) {
    const clientIds = provider.value.clientIds.filter((present) => present !== id)
    changes.replace('openIdProvider', provider, { ...provider.value, clientIds })
    return {}
  },
})
