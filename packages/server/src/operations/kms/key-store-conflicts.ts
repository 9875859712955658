import type { CustomKeyStore, ExternalKeyStore } from '../../keys/custom-key-store.ts'
import { Refusal, type RefusalCode } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/** The other key stores of an account and Region. */
export async function otherKeyStores(
  { account, region, storeId }: Pick<CustomKeyStore, 'account' | 'region' | 'storeId'>,
  { catalog }: Pick<Parts, 'catalog'>,
): Promise<readonly CustomKeyStore[]> {
  const all = await catalog.store.list('customKeyStore', {
    prefix: [account, region],
    limit: Number.MAX_SAFE_INTEGER,
  })
  return all.map(({ value }) => value).filter((other) => other.storeId !== storeId)
}

/**
 * Refuses a key store that would share with another what each must have for itself. Where two calls at one moment may
 * both get by, names and proxies are unique in the store too.
 */
export function requireNoConflict(store: CustomKeyStore, others: readonly CustomKeyStore[]): void {
  for (const other of others) {
    if (other.name === store.name) {
      throw new Refusal('CustomKeyStoreNameInUseException', `Custom key store name ${store.name} is in use`)
    }
    const conflict = conflictOf(store, other)
    if (conflict !== undefined) throw new Refusal(...conflict)
  }
}

function conflictOf(store: CustomKeyStore, other: CustomKeyStore): [RefusalCode, string] | undefined {
  if (store.type === 'EXTERNAL_KEY_STORE') {
    return other.type === 'EXTERNAL_KEY_STORE' ? proxyConflictOf(store, other) : undefined
  }
  if (other.type === 'EXTERNAL_KEY_STORE' || other.clusterId !== store.clusterId) return undefined
  return ['CloudHsmClusterInUseException', `Cluster ${store.clusterId} is in use by another custom key store`]
}

function proxyConflictOf(
  { proxy }: ExternalKeyStore,
  { proxy: other }: ExternalKeyStore,
): [RefusalCode, string] | undefined {
  const service = proxy.vpcEndpointService?.name
  if (service !== undefined && service === other.vpcEndpointService?.name) {
    return [
      'XksProxyVpcEndpointServiceInUseException',
      `VPC endpoint service ${service} is in use by another external key store`,
    ]
  }
  if (proxy.endpoint.toLowerCase() !== other.endpoint.toLowerCase()) return undefined
  // A private name is one key store's alone; a public one may be shared, each path being a proxy of its own.
  if (proxy.vpcEndpointService !== undefined || other.vpcEndpointService !== undefined) {
    return [
      'XksProxyUriEndpointInUseException',
      `XKS proxy URI endpoint ${proxy.endpoint} is in use by another external key store`,
    ]
  }
  if (proxy.path !== other.path) return undefined
  return [
    'XksProxyUriInUseException',
    `XKS proxy URI ${proxy.endpoint}${proxy.path} is in use by another external key store`,
  ]
}
