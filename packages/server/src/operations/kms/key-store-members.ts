import { isIP } from 'node:net'
import { Refusal } from '../../protocol/errors.ts'
import type { CustomKeyStoreType, UpdateCustomKeyStoreRequest } from '../../protocol/models/kms.ts'

/** What a request says of a key store, under the names that making and changing one share. */
export type StoreMembers = Omit<UpdateCustomKeyStoreRequest, 'CustomKeyStoreId' | 'NewCustomKeyStoreName'> & {
  readonly TrustAnchorCertificate?: string
}

type MemberName = keyof StoreMembers

/** What each type of key store is made of; what is required, to make one. */
const membersByType: Readonly<
  Record<
    CustomKeyStoreType,
    { readonly required: readonly MemberName[]; readonly others: readonly MemberName[] }
  >
> = {
  AWS_CLOUDHSM: {
    required: ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword'],
    others: [],
  },
  EXTERNAL_KEY_STORE: {
    required: [
      'XksProxyConnectivity',
      'XksProxyUriEndpoint',
      'XksProxyUriPath',
      'XksProxyAuthenticationCredential',
    ],
    others: ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'],
  },
}

/** Refuses members that key stores of this type do not have. @throws Refusal `ValidationException` */
export function requireMembersOf(type: CustomKeyStoreType, members: StoreMembers): void {
  const foreign = membersByType[type === 'AWS_CLOUDHSM' ? 'EXTERNAL_KEY_STORE' : 'AWS_CLOUDHSM']
  for (const name of [...foreign.required, ...foreign.others]) {
    if (members[name] !== undefined)
      throw invalid(`${name} is not valid for a custom key store of type ${type}.`)
  }
}

/** Refuses a new key store that lacks something. @throws Refusal `ValidationException` */
export function requireAllMembers(type: CustomKeyStoreType, members: StoreMembers): void {
  for (const name of membersByType[type].required) {
    if (members[name] === undefined) {
      throw invalid(`${name} is required for a custom key store of type ${type}.`)
    }
  }
}

/**
 * Refuses what goes with one way of reaching a proxy and not with the other, and an endpoint without a name for a
 * certificate to vouch for.
 *
 * @param proxy as it would be after the request
 */
export function requireReachable(
  proxy: Pick<
    StoreMembers,
    | 'XksProxyConnectivity'
    | 'XksProxyUriEndpoint'
    | 'XksProxyVpcEndpointServiceName'
    | 'XksProxyVpcEndpointServiceOwner'
  >,
): void {
  const { XksProxyVpcEndpointServiceName: service, XksProxyVpcEndpointServiceOwner: owner } = proxy
  const isPrivate = proxy.XksProxyConnectivity === 'VPC_ENDPOINT_SERVICE'
  if (isPrivate && service === undefined) {
    throw invalid('XksProxyVpcEndpointServiceName is required for VPC_ENDPOINT_SERVICE connectivity.')
  }
  if (!isPrivate && (service !== undefined || owner !== undefined)) {
    throw invalid('A VPC endpoint service is not valid for PUBLIC_ENDPOINT connectivity.')
  }
  if (!hasHostName(proxy.XksProxyUriEndpoint ?? '')) {
    throw invalid('XksProxyUriEndpoint must name a host: https:// followed by a domain name.')
  }
}

/** Refuses a VPC endpoint service of another Region, which is part of its name: com.amazonaws.vpce.us-east-1.vpce-svc-… */
export function requireOwnRegion(service: string | undefined, region: string): void {
  if (service === undefined || service.split('.')[3] === region) return
  throw new Refusal(
    'XksProxyVpcEndpointServiceNotFoundException',
    `VPC endpoint service ${service} is not in this Region.`,
  )
}

/** Whether an endpoint has a name and not an address, which may also be written as one number or in hex. */
function hasHostName(endpoint: string): boolean {
  const name = endpoint.slice('https://'.length).toLowerCase()
  return URL.canParse(endpoint) && new URL(endpoint).hostname === name && isIP(name) === 0
}

const invalid = (sentence: string) => new Refusal('ValidationException', sentence)
