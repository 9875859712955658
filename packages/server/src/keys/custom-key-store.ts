import type {
  ConnectionErrorCodeType,
  CustomKeyStoresListEntry,
  XksProxyConnectivityType,
} from '../protocol/models/kms.ts'
import type { Key } from './key.ts'
import type { KeyState } from './key-state.ts'

/** A place outside for keys, or for half of each. A value. */
export type CustomKeyStore = CloudHsmKeyStore | ExternalKeyStore

interface AnyKeyStore {
  readonly account: string
  readonly region: string
  /** `cks-` and 17 hex digits. */
  readonly storeId: string
  readonly name: string
  readonly connection: Connection
  /** What proves there that it is us, wrapped: a password, or the secret of a proxy's credential. */
  readonly sealedSecret: string
  readonly createdAt: number
}

/**
 * Whether a key store may be used. `CONNECTED` says that connecting went well once, and nothing of today; a key
 * store stays in a state until somebody connects or disconnects it. Both are done when they are answered, so AWS's
 * `CONNECTING` and `DISCONNECTING` are never seen.
 */
export interface Connection {
  readonly state: 'CONNECTED' | 'DISCONNECTED' | 'FAILED'
  /** Only for `FAILED`. */
  readonly errorCode?: ConnectionErrorCodeType
}

/** A cluster of hardware modules in AWS. There is none here to connect to: such a key store is a record alone. */
export interface CloudHsmKeyStore extends AnyKeyStore {
  readonly type: 'AWS_CLOUDHSM'
  readonly clusterId: string
  readonly trustAnchorCertificate: string
}

/** A key manager of somebody's own, behind a proxy that speaks the published protocol. */
export interface ExternalKeyStore extends AnyKeyStore {
  readonly type: 'EXTERNAL_KEY_STORE'
  readonly proxy: ProxyConfiguration
}

/** How a proxy is reached. */
export interface ProxyConfiguration {
  readonly connectivity: XksProxyConnectivityType
  readonly endpoint: string
  readonly path: string
  /** The public half of the credential; the other is the key store's secret. */
  readonly accessKeyId: string
  /** For the connectivity of that name, and nothing but a name here. */
  readonly vpcEndpointService?: { readonly name: string; readonly owner: string }
}

/**
 * The state a key is in: its own, but for a key in a key store that is not connected. That one is unavailable,
 * unless it is going to be deleted; its own state comes back with the connection (AWS KMS Developer Guide, "Key
 * states"). A key whose key store is unknown is unavailable too.
 */
export function effectiveState({ keyState, keyStore }: Key, connection: Connection | undefined): KeyState {
  if (keyStore === undefined || keyState === 'PendingDeletion') return keyState
  return connection?.state === 'CONNECTED' ? keyState : 'Unavailable'
}

/** A key store as `DescribeCustomKeyStores` shows it: without its secret. */
export function keyStoreEntry(store: CustomKeyStore): CustomKeyStoresListEntry {
  const { connection } = store
  return {
    CustomKeyStoreId: store.storeId,
    CustomKeyStoreName: store.name,
    CustomKeyStoreType: store.type,
    ConnectionState: connection.state,
    ...(connection.errorCode === undefined ? {} : { ConnectionErrorCode: connection.errorCode }),
    CreationDate: new Date(store.createdAt),
    ...(store.type === 'AWS_CLOUDHSM'
      ? { CloudHsmClusterId: store.clusterId, TrustAnchorCertificate: store.trustAnchorCertificate }
      : { XksProxyConfiguration: shownProxy(store.proxy) }),
  }
}

function shownProxy({ connectivity, endpoint, path, accessKeyId, vpcEndpointService }: ProxyConfiguration) {
  return {
    Connectivity: connectivity,
    AccessKeyId: accessKeyId,
    UriEndpoint: endpoint,
    UriPath: path,
    ...(vpcEndpointService === undefined
      ? {}
      : {
          VpcEndpointServiceName: vpcEndpointService.name,
          VpcEndpointServiceOwner: vpcEndpointService.owner,
        }),
  }
}
