import { onKey } from '../on-key.ts'
import { newDataKey, requireOneLength } from './data-key.ts'
import { encryptionFacts } from './encryption-facts.ts'

export const generateDataKeyWithoutPlaintext = onKey({
  name: 'GenerateDataKeyWithoutPlaintext',
  summary: 'Makes a data key and shows it only encrypted, for whoever will use it later.',
  usage: 'ENCRYPT_DECRYPT',
  check: requireOneLength,
  facts: (input) => encryptionFacts(input),
  async handle({ input, subject: { key }, parts }) {
    const { plaintext, blob, materialId } = await newDataKey(key, input, parts)
    plaintext.fill(0)
    return { CiphertextBlob: blob, KeyId: key.arn, KeyMaterialId: materialId }
  },
})
