import { onKey } from '../on-key.ts'
import { dataKeyPairFacts, newDataKeyPair, requireDataKeyPairs } from './data-key-pair.ts'

export const generateDataKeyPairWithoutPlaintext = onKey({
  name: 'GenerateDataKeyPairWithoutPlaintext',
  summary: 'Makes a key pair and shows its private half only encrypted, for whoever will use it later.',
  usage: 'ENCRYPT_DECRYPT',
  facts: dataKeyPairFacts,
  require: (_input, key) => requireDataKeyPairs(key),
  async handle({ input, subject: { key }, call, parts }) {
    const use = { operation: 'GenerateDataKeyPairWithoutPlaintext', call, parts }
    const { privateKey, shown } = await newDataKeyPair(key, input, use)
    privateKey.fill(0)
    return shown
  },
})
