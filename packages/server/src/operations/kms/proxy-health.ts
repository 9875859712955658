import { invariant } from '../../base/invariant.ts'
import type { Call } from '../../call/call.ts'
import type { CustomKeyStore } from '../../keys/custom-key-store.ts'
import type { Parts } from '../parts.ts'
import { askProxy } from './ask-proxy.ts'

interface Asking {
  readonly call: Call
  readonly parts: Pick<Parts, 'catalog' | 'proxies'>
}

/** Refuses an external key store whose proxy does not answer as it should, whether it is stored already or is to be. */
export function requireProxyHealth(store: CustomKeyStore, operation: string, asking: Asking): Promise<void> {
  return askProxy('management', () => askHealth(store, operation, asking))
}

/** The same, told by a ProxyFailure. */
export function askHealth(store: CustomKeyStore, operation: string, { call, parts }: Asking): Promise<void> {
  const { proxy } = parts.catalog.keyStores.entryOf({ value: store, version: 0 })
  invariant(proxy !== undefined, 'an external key store has a proxy')
  return parts.proxies.requireHealth(proxy, { operation, requestId: call.requestId })
}
