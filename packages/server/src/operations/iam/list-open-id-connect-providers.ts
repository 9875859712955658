import { openIdProviderArn } from '../../identity/open-id-provider.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'

export const listOpenIdConnectProviders = onIamAccount({
  name: 'ListOpenIDConnectProviders',
  summary: 'Lists the OpenID Connect providers that the account believes.',
  needs: () => [iamNeed('ListOpenIDConnectProviders', { resource: '*' })],
  async handle({ call, parts: { catalog } }) {
    const prefix = [call.caller.account]
    const providers = await catalog.store.list('openIdProvider', { prefix, limit: Number.MAX_SAFE_INTEGER })
    return { OpenIDConnectProviderList: providers.map(({ value }) => ({ Arn: openIdProviderArn(value) })) }
  },
})
