import type { CustomKeyStore, ExternalKeyStore, ProxyConfiguration } from '../../keys/custom-key-store.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { onAccount } from '../on-account.ts'
import type { Parts } from '../parts.ts'
import { requireStoreName } from './create-custom-key-store.ts'
import { getKeyStore, keyStoreFacts } from './find-key-store.ts'
import { otherKeyStores, requireNoConflict } from './key-store-conflicts.ts'
import { requireMembersOf, requireOwnRegion, requireReachable } from './key-store-members.ts'
import { requireProxyHealth } from './proxy-health.ts'

type Input = KmsOperations['UpdateCustomKeyStore']['input']

/** What may be changed while the key store is in use: nothing that could lead to another key manager. */
const changeableInUse = new Set<string>([
  'CustomKeyStoreId',
  'NewCustomKeyStoreName',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
])

export const updateCustomKeyStore = onAccount({
  name: 'UpdateCustomKeyStore',
  summary: 'Changes the name of a custom key store, or how it is reached.',
  check({ NewCustomKeyStoreName: name }) {
    if (name !== undefined) requireStoreName(name)
  },
  async handle({ input, call, parts, changes, note }) {
    const entry = await getKeyStore(input.CustomKeyStoreId, call, parts)
    note(keyStoreFacts(entry))
    const { store, stored } = entry
    requireMembersOf(store.type, input)
    requireChangeable(input, store)
    const changed = changedStore(input, store, parts)
    if (changed.type === 'EXTERNAL_KEY_STORE') requireReachable(reached(changed.proxy, input))
    requireOwnRegion(input.XksProxyVpcEndpointServiceName, call.region)
    requireNoConflict(changed, await otherKeyStores(changed, parts))
    if (concernsProxy(input) && isReached(changed)) {
      await requireProxyHealth(changed, 'UpdateCustomKeyStore', { call, parts })
    }
    changes.replace('customKeyStore', stored, changed)
    return {}
  },
})

function requireChangeable(input: Input, { storeId, connection }: CustomKeyStore): void {
  const changesMore = Object.keys(input).some((name) => !changeableInUse.has(name))
  const isFit = connection.state === 'CONNECTED' ? !changesMore : connection.state === 'DISCONNECTED'
  if (isFit) return
  throw new Refusal(
    'CustomKeyStoreInvalidStateException',
    `Custom key store ${storeId} must be disconnected before these properties can be changed.`,
  )
}

function changedStore(input: Input, store: CustomKeyStore, { safe }: Parts): CustomKeyStore {
  const secret = input.XksProxyAuthenticationCredential?.RawSecretAccessKey ?? input.KeyStorePassword
  const named = {
    name: input.NewCustomKeyStoreName ?? store.name,
    ...(secret === undefined ? {} : { sealedSecret: safe.sealKeyStoreSecret(store, secret) }),
  }
  return store.type === 'AWS_CLOUDHSM'
    ? { ...store, ...named, clusterId: input.CloudHsmClusterId ?? store.clusterId }
    : { ...store, ...named, proxy: changedProxy(input, store) }
}

/** Another way of connecting is another endpoint, which has to be named with it (AWS KMS API Reference). */
function changedProxy(input: Input, { account, proxy }: ExternalKeyStore): ProxyConfiguration {
  const { vpcEndpointService: before, ...rest } = proxy
  const connectivity = input.XksProxyConnectivity ?? proxy.connectivity
  if (connectivity !== proxy.connectivity && input.XksProxyUriEndpoint === undefined) {
    throw new Refusal(
      'ValidationException',
      'XksProxyUriEndpoint is required to change XksProxyConnectivity.',
    )
  }
  const isPrivate = connectivity === 'VPC_ENDPOINT_SERVICE'
  const name = input.XksProxyVpcEndpointServiceName ?? (isPrivate ? before?.name : undefined)
  const owner = input.XksProxyVpcEndpointServiceOwner ?? before?.owner ?? account
  return {
    ...rest,
    connectivity,
    endpoint: input.XksProxyUriEndpoint ?? proxy.endpoint,
    path: input.XksProxyUriPath ?? proxy.path,
    accessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? proxy.accessKeyId,
    ...(name === undefined ? {} : { vpcEndpointService: { name, owner } }),
  }
}

/** How the proxy would be reached, and an owner that was named for a service that there is not. */
const reached = (
  { connectivity, endpoint, vpcEndpointService }: ProxyConfiguration,
  { XksProxyVpcEndpointServiceOwner: owner }: Input,
) => ({
  XksProxyConnectivity: connectivity,
  XksProxyUriEndpoint: endpoint,
  ...(owner === undefined ? {} : { XksProxyVpcEndpointServiceOwner: owner }),
  ...(vpcEndpointService === undefined ? {} : { XksProxyVpcEndpointServiceName: vpcEndpointService.name }),
})

const concernsProxy = (input: Input) => Object.keys(input).some((name) => name.startsWith('XksProxy'))

/** A private endpoint is not reached before it is connected. */
function isReached(store: CustomKeyStore): boolean {
  if (store.type !== 'EXTERNAL_KEY_STORE') return false
  return store.proxy.connectivity === 'PUBLIC_ENDPOINT' || store.connection.state === 'CONNECTED'
}
