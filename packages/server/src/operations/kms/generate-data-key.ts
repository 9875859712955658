import { onKey } from '../on-key.ts'
import { newDataKey, requireOneLength } from './data-key.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { requireNoRecipient } from './recipient.ts'

export const generateDataKey = onKey({
  name: 'GenerateDataKey',
  summary: "Makes a data key for the caller's own encryption: in the clear, and encrypted under the key.",
  usage: 'ENCRYPT_DECRYPT',
  check(input) {
    requireOneLength(input)
    requireNoRecipient(input)
  },
  facts: (input) => encryptionFacts(input),
  async handle({ input, subject: { key }, parts }) {
    const { plaintext, blob, materialId } = await newDataKey(key, input, parts)
    return { CiphertextBlob: blob, Plaintext: plaintext, KeyId: key.arn, KeyMaterialId: materialId }
  },
})
