import { Refusal } from '../../protocol/errors.ts'
import { onAccount } from '../on-account.ts'
import { getKeyStore, keyStoreFacts } from './find-key-store.ts'

export const deleteCustomKeyStore = onAccount({
  name: 'DeleteCustomKeyStore',
  summary: 'Forgets a custom key store that is disconnected and has no keys; nothing outside is touched.',
  async handle({ input, call, parts, changes, note }) {
    const entry = await getKeyStore(input.CustomKeyStoreId, call, parts)
    note(keyStoreFacts(entry))
    const { account, region, storeId, connection } = entry.store
    const keys = { index: 'keyStore', prefix: [account, region, storeId] } as const
    if ((await parts.catalog.store.count('key', keys)) > 0) {
      throw new Refusal('CustomKeyStoreHasCMKsException', `Custom key store ${storeId} contains KMS keys.`)
    }
    if (connection.state !== 'DISCONNECTED') {
      throw new Refusal(
        'CustomKeyStoreInvalidStateException',
        `Custom key store ${storeId} is not disconnected.`,
      )
    }
    // No key can have come in since: that needs it connected, and connecting moves its version.
    changes.remove('customKeyStore', [account, region, storeId], entry.stored.version)
    return {}
  },
})
