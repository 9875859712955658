import { requireAlgorithm } from '../../keys/key-usage.ts'
import { onKey } from '../on-key.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { encryptUnder } from './symmetric.ts'

export const encrypt = onKey({
  name: 'Encrypt',
  summary: 'Encrypts up to 4096 bytes under a key that never leaves the service.',
  defaults: { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  usage: 'ENCRYPT_DECRYPT',
  facts: encryptionFacts,
  require: (input, { key }) => requireAlgorithm(key, input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT'),
  async handle({ input, subject: { key }, parts }) {
    const message = { plaintext: input.Plaintext, encryptionContext: input.EncryptionContext }
    const { blob } = await encryptUnder(key, message, parts)
    return { CiphertextBlob: blob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  },
})
