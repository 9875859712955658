import { Refusal } from '../../protocol/errors.ts'
import { onAccount } from '../on-account.ts'
import { getKeyStore, keyStoreFacts } from './find-key-store.ts'

export const disconnectCustomKeyStore = onAccount({
  name: 'DisconnectCustomKeyStore',
  summary: 'Makes all keys of a custom key store unavailable until it is connected again.',
  async handle({ input, call, parts, changes, note }) {
    const entry = await getKeyStore(input.CustomKeyStoreId, call, parts)
    note(keyStoreFacts(entry))
    const { store, stored } = entry
    if (store.connection.state === 'DISCONNECTED') {
      throw new Refusal(
        'CustomKeyStoreInvalidStateException',
        `Custom key store ${store.storeId} is not connected.`,
      )
    }
    changes.replace('customKeyStore', stored, { ...store, connection: { state: 'DISCONNECTED' } })
    return {}
  },
})
