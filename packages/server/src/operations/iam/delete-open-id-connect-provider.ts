import { onOpenIdProvider } from '../on-open-id-provider.ts'

export const deleteOpenIdConnectProvider = onOpenIdProvider({
  name: 'DeleteOpenIDConnectProvider',
  summary: 'Has the account believe a provider no more. Sessions that its users have go on.',
  async handle({ subject: { provider }, changes }) {
    const { account, place } = provider.value
    changes.remove('openIdProvider', [account, place], provider.version)
    return {}
  },
})
