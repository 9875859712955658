import { whenHere } from '../../base/soon.ts'
import { onKey } from '../on-key.ts'
import { newDataKey, requireDataKeys, requireOneLength } from './data-key.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { withRecipient } from './recipient.ts'

export const generateDataKey = withRecipient(
  'Plaintext',
  onKey({
    name: 'GenerateDataKey',
    summary: "Makes a data key for the caller's own encryption: in the clear, and encrypted under the key.",
    usage: 'ENCRYPT_DECRYPT',
    check: requireOneLength,
    facts: (input) => encryptionFacts(input),
    require: (_input, key) => requireDataKeys(key),
    handle({ input, subject: { key }, call, parts }) {
      const use = { operation: 'GenerateDataKey', call, parts }
      return whenHere(newDataKey(key, input, use), ({ plaintext, blob, materialId }) => ({
        CiphertextBlob: blob,
        Plaintext: plaintext,
        KeyId: key.arn,
        KeyMaterialId: materialId,
      }))
    },
  }),
)
