import { onKey } from '../on-key.ts'
import { newDataKey, requireDataKeys, requireOneLength } from './data-key.ts'
import { encryptionFacts } from './encryption-facts.ts'

export const generateDataKeyWithoutPlaintext = onKey({
  name: 'GenerateDataKeyWithoutPlaintext',
  summary: 'Makes a data key and shows it only encrypted, for whoever will use it later.',
  usage: 'ENCRYPT_DECRYPT',
  check: requireOneLength,
  facts: (input) => encryptionFacts(input),
  require: (_input, key) => requireDataKeys(key),
  async handle({ input, subject: { key }, call, parts }) {
    const use = { operation: 'GenerateDataKeyWithoutPlaintext', call, parts }
    const { plaintext, blob, materialId } = await newDataKey(key, input, use)
    plaintext.fill(0)
    return { CiphertextBlob: blob, KeyId: key.arn, KeyMaterialId: materialId }
  },
})
