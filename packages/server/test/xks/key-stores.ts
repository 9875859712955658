import { join } from 'node:path'
import type { CreateCustomKeyStoreCommandInput, CustomKeyStoresListEntry, KMS } from '@aws-sdk/client-kms'
import { serve } from '../serving.ts'
import { endpoint, startProxy, type TestProxy } from './proxy.ts'

/** A service and an external key store proxy that know each other, as tests of key stores want them. */

/** @param timeLimit patient by default, so that a busy machine does not look like a slow proxy */
export async function serveWithProxy({ timeLimit = '10000' } = {}) {
  let now = () => 0
  const proxy = await startProxy({ now: () => now() })
  const { host, port } = proxy.address
  const names = ['proxy.xks.example.com', 'private.xks.example.com']
  const serving = await serve({
    regions: 'us-east-1,us-west-2,eu-west-1,eu-central-1',
    'xks-addresses': names.map((name) => `${name}=${host}:${port}`).join(','),
    'xks-ca': join(import.meta.dirname, 'ca.crt'),
    'xks-time-limit': timeLimit,
  })
  now = () => serving.clock.now()
  const close = async () => {
    await serving.close()
    await proxy.close()
  }
  return { serving, proxy, close }
}

let made = 0

/** What makes an external key store of its own path, and works as it is. */
export function externalStore(
  proxy: TestProxy,
  differing: Partial<CreateCustomKeyStoreCommandInput> = {},
): CreateCustomKeyStoreCommandInput {
  made += 1
  return {
    CustomKeyStoreName: `store ${made}`,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: endpoint,
    XksProxyUriPath: proxy.newPath(`tenant-${made}`),
    XksProxyAuthenticationCredential: proxy.credential,
    ...differing,
  }
}

/** The id of a new external key store. */
export async function newStore(
  kms: KMS,
  proxy: TestProxy,
  differing: Partial<CreateCustomKeyStoreCommandInput> = {},
): Promise<string> {
  const { CustomKeyStoreId } = await kms.createCustomKeyStore(externalStore(proxy, differing))
  return String(CustomKeyStoreId)
}

/** A new external key store that keys can be made in. */
export async function connectedStore(kms: KMS, proxy: TestProxy): Promise<string> {
  const CustomKeyStoreId = await newStore(kms, proxy)
  await kms.connectCustomKeyStore({ CustomKeyStoreId })
  return CustomKeyStoreId
}

/** A new key in a store, with a new key of the external key manager behind it. */
export async function newExternalKey(
  kms: KMS,
  proxy: TestProxy,
  CustomKeyStoreId: string,
): Promise<{ id: string; arn: string; xksKeyId: string }> {
  made += 1
  const xksKeyId = `external-key-${made}`
  proxy.newKey(xksKeyId)
  const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: xksKeyId } as const
  const { KeyMetadata } = await kms.createKey(input)
  return { id: String(KeyMetadata?.KeyId), arn: String(KeyMetadata?.Arn), xksKeyId }
}

/** A store as it is shown. */
export async function shown(kms: KMS, CustomKeyStoreId: string): Promise<CustomKeyStoresListEntry> {
  const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreId })
  return CustomKeyStores?.[0] ?? {}
}
