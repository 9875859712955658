import type { Connection, CustomKeyStore } from '../../keys/custom-key-store.ts'
import { Refusal } from '../../protocol/errors.ts'
import { ProxyFailure } from '../../xks/proxy-failure.ts'
import { onAccount } from '../on-account.ts'
import { getKeyStore, keyStoreFacts } from './find-key-store.ts'
import { askHealth } from './proxy-health.ts'

export const connectCustomKeyStore = onAccount({
  name: 'ConnectCustomKeyStore',
  summary: 'Tries whether a custom key store can be used; its connection state tells what came of it.',
  async handle({ input, call, parts, changes, note }) {
    const entry = await getKeyStore(input.CustomKeyStoreId, call, parts)
    note(keyStoreFacts(entry))
    const { store, stored } = entry
    if (store.connection.state === 'FAILED') {
      throw new Refusal(
        'CustomKeyStoreInvalidStateException',
        `Custom key store ${store.storeId} failed to connect. Disconnect it before connecting it again.`,
      )
    }
    if (store.connection.state === 'CONNECTED') return {}
    const connection = await tried(store, () => askHealth(store, 'ConnectCustomKeyStore', { call, parts }))
    changes.replace('customKeyStore', stored, { ...store, connection })
    return {}
  },
})

/** Whether it can be used. That it cannot is no refusal: the answer says only that it was tried. */
async function tried(store: CustomKeyStore, ask: () => Promise<void>): Promise<Connection> {
  if (store.type === 'AWS_CLOUDHSM') return { state: 'FAILED', errorCode: 'CLUSTER_NOT_FOUND' }
  try {
    await ask()
    return { state: 'CONNECTED' }
  } catch (error) {
    if (!(error instanceof ProxyFailure)) throw error
    return { state: 'FAILED', errorCode: error.row.connection }
  }
}
