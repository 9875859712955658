import { onKey } from '../on-key.ts'
import { dataKeyPairFacts, newDataKeyPair, requireDataKeyPairs } from './data-key-pair.ts'
import { withRecipient } from './recipient.ts'

export const generateDataKeyPair = withRecipient(
  'PrivateKeyPlaintext',
  onKey({
    name: 'GenerateDataKeyPair',
    summary:
      'Makes a key pair for use elsewhere: its private half in the clear, and encrypted under the key.',
    usage: 'ENCRYPT_DECRYPT',
    facts: dataKeyPairFacts,
    require: (_input, key) => requireDataKeyPairs(key),
    async handle({ input, subject: { key }, call, parts }) {
      const use = { operation: 'GenerateDataKeyPair', call, parts }
      const { privateKey, shown } = await newDataKeyPair(key, input, use)
      return { ...shown, PrivateKeyPlaintext: privateKey }
    },
  }),
)
