import type { CustomKeyStore, ProxyConfiguration } from '../../keys/custom-key-store.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { requireRoom } from '../../quotas/resource-quotas.ts'
import { isStorable } from '../../storage/layout.ts'
import { onAccount } from '../on-account.ts'
import { otherKeyStores, requireNoConflict } from './key-store-conflicts.ts'
import {
  requireAllMembers,
  requireMembersOf,
  requireOwnRegion,
  requireReachable,
} from './key-store-members.ts'
import { requireProxyHealth } from './proxy-health.ts'

type Input = KmsOperations['CreateCustomKeyStore']['input']

export const createCustomKeyStore = onAccount({
  name: 'CreateCustomKeyStore',
  summary: "Makes a custom key store: a record of somebody's own key manager, not connected yet.",
  defaults: { CustomKeyStoreType: 'AWS_CLOUDHSM' },
  check(input) {
    const { CustomKeyStoreType: type = 'AWS_CLOUDHSM' } = input
    requireStoreName(input.CustomKeyStoreName)
    requireMembersOf(type, input)
    requireAllMembers(type, input)
    if (type === 'EXTERNAL_KEY_STORE') requireReachable(input)
  },
  async handle({ input, call, parts, changes }) {
    const place = { account: call.caller.account, region: call.region, storeId: newStoreId(parts.chance) }
    requireOwnRegion(input.XksProxyVpcEndpointServiceName, call.region)
    const others = await otherKeyStores(place, parts)
    const { account, region } = place
    requireRoom('customKeyStores', { account, region, inUse: others.length }, parts.limits)
    const secret = input.XksProxyAuthenticationCredential?.RawSecretAccessKey ?? input.KeyStorePassword ?? ''
    const store: CustomKeyStore = {
      ...place,
      name: input.CustomKeyStoreName,
      connection: { state: 'DISCONNECTED' },
      sealedSecret: parts.safe.sealKeyStoreSecret(place, secret),
      createdAt: call.now,
      ...backing(input, account),
    }
    requireNoConflict(store, others)
    // A private endpoint is not reached before it is connected.
    if (input.XksProxyConnectivity === 'PUBLIC_ENDPOINT') {
      await requireProxyHealth(store, 'CreateCustomKeyStore', { call, parts })
    }
    changes.add('customKeyStore', store)
    return { CustomKeyStoreId: store.storeId }
  },
})

/** Any text that can be found again. AWS names no pattern, so this is all that can be wrong with a name. */
export function requireStoreName(name: string): void {
  if (isStorable(name)) return
  throw new Refusal('ValidationException', 'The name of a custom key store must be well-formed text.')
}

function newStoreId(chance: { bytes(count: number): Uint8Array }): string {
  return `cks-${Buffer.from(chance.bytes(9)).toString('hex').slice(0, 17)}`
}

/** What is outside: the members of its type are there, as `check` has seen to. */
function backing(
  input: Input,
  account: string,
):
  | { readonly type: 'AWS_CLOUDHSM'; readonly clusterId: string; readonly trustAnchorCertificate: string }
  | { readonly type: 'EXTERNAL_KEY_STORE'; readonly proxy: ProxyConfiguration } {
  if (input.CustomKeyStoreType !== 'EXTERNAL_KEY_STORE') {
    return {
      type: 'AWS_CLOUDHSM',
      clusterId: input.CloudHsmClusterId ?? '',
      trustAnchorCertificate: input.TrustAnchorCertificate ?? '',
    }
  }
  const { XksProxyVpcEndpointServiceName: name, XksProxyVpcEndpointServiceOwner: owner = account } = input
  return {
    type: 'EXTERNAL_KEY_STORE',
    proxy: {
      connectivity: input.XksProxyConnectivity ?? 'PUBLIC_ENDPOINT',
      endpoint: input.XksProxyUriEndpoint ?? '',
      path: input.XksProxyUriPath ?? '',
      accessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? '',
      ...(name === undefined ? {} : { vpcEndpointService: { name, owner } }),
    },
  }
}
