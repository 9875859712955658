import type { KeyStoreEntry } from '../../catalog/key-stores.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onAccount } from '../on-account.ts'
import { getKeyStore } from './find-key-store.ts'
import { withRecipient } from './recipient.ts'

export const generateRandom = withRecipient(
  'Plaintext',
  onAccount({
    name: 'GenerateRandom',
    summary: 'Gives up to 1024 random bytes.',
    check(input) {
      if (input.NumberOfBytes === undefined) {
        throw new Refusal('ValidationException', 'NumberOfBytes is required.')
      }
    },
    async handle({ input, call, parts }) {
      if (input.CustomKeyStoreId !== undefined) {
        requireGenerator(await getKeyStore(input.CustomKeyStoreId, call, parts))
      }
      return { Plaintext: parts.chance.bytes(input.NumberOfBytes ?? 0) }
    },
  }),
)

/**
 * Refuses a key store that gives no random bytes. Clusters do, but none is ever connected here, and nobody who asks
 * for a cluster's bytes is given others.
 */
function requireGenerator({ store: { storeId, type } }: KeyStoreEntry): never {
  throw type === 'AWS_CLOUDHSM'
    ? new Refusal('CustomKeyStoreInvalidStateException', `Custom key store ${storeId} is not connected.`)
    : new Refusal('UnsupportedOperationException', 'External key stores do not generate random bytes.')
}
