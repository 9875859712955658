import { whenHere } from '../../base/soon.ts'
import { requireAlgorithm, requirePlaintextFits } from '../../keys/key-usage.ts'
import { onKey } from '../on-key.ts'
import { encryptUnder } from './ciphers/ciphers.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { defaultAlgorithm, requireContextFits } from './encryption-rules.ts'

export const encrypt = onKey({
  name: 'Encrypt',
  summary:
    'Encrypts up to 4096 bytes under a key that never leaves the service, less under an asymmetric one.',
  defaults: { EncryptionAlgorithm: defaultAlgorithm },
  usage: 'ENCRYPT_DECRYPT',
  check: (input) => requireContextFits(input.EncryptionAlgorithm, input.EncryptionContext),
  facts: encryptionFacts,
  require({ EncryptionAlgorithm: algorithm = defaultAlgorithm, Plaintext }, { key }) {
    requireAlgorithm(key, algorithm)
    requirePlaintextFits(key, algorithm, Plaintext.length)
  },
  handle({ input, subject: { key }, call, parts }) {
    const { Plaintext: plaintext, EncryptionAlgorithm: algorithm = defaultAlgorithm } = input
    const message = { plaintext, algorithm, encryptionContext: input.EncryptionContext }
    return whenHere(encryptUnder(key, message, { operation: 'Encrypt', call, parts }), ({ blob }) => ({
      CiphertextBlob: blob,
      KeyId: key.arn,
      EncryptionAlgorithm: algorithm,
    }))
  },
})
