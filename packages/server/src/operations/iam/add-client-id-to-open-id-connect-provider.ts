import { requireRoom } from '../../identity/quotas.ts'
import { onOpenIdProvider } from '../on-open-id-provider.ts'

export const addClientIdToOpenIdConnectProvider = onOpenIdProvider({
  name: 'AddClientIDToOpenIDConnectProvider',
  summary: 'Lets the tokens of a provider be meant for one more client.',
  async handle({ input: { ClientID: id }, subject: { provider }, changes }) {
    const { clientIds } = provider.value
    if (clientIds.includes(id)) return {}
    requireRoom('ClientIdsPerOpenIdConnectProvider', clientIds.length)
    changes.replace('openIdProvider', provider, { ...provider.value, clientIds: [...clientIds, id] })
    return {}
  },
})
