import { type OpenIdProvider, placeInArn } from '../identity/open-id-provider.ts'
import type { Stored } from '../storage/store.ts'
import { onTagged } from './on-tagged.ts'
import type { Subject } from './operation.ts'

/** The provider an IAM operation works on. */
export interface ProviderSubject extends Subject {
  readonly provider: Stored<OpenIdProvider>
}

/** An IAM operation on the identity provider that its `OpenIDConnectProviderArn` names. */
export const onOpenIdProvider = onTagged({
  member: 'OpenIDConnectProviderArn',
  async find(arn, account, store) {
    const place = placeInArn(arn, account)
    return place === undefined ? undefined : await store.find('openIdProvider', [account, place])
  },
  missing: (arn) => `OpenIDConnect Provider not found for arn ${arn}`,
  subject: (provider): ProviderSubject => ({ keys: [], provider }),
})
