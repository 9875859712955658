import { decapsulate as decapsulateWith } from '../../crypto/encapsulation.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { currentSecret } from './current-material.ts'

export const decapsulate = onKey({
  name: 'Decapsulate',
  summary: 'Gets a secret out of the ciphertext that was made with it.',
  usage: 'ENCAPSULATE_DECAPSULATE',
  require: (input, { key }) => requireAlgorithm(key, input.EncapsulationAlgorithm),
  async handle({ input, subject: { key }, parts }) {
    const { EncapsulationAlgorithm } = input
    const { secret } = await currentSecret(key, parts)
    // One that was changed is not refused: it gives bytes that nobody has, as ML-KEM wants it.
    const SharedSecret = await decapsulateWith(secret, input.SharedSecretCiphertextBlob)
    if (SharedSecret === undefined) throw new Refusal('InvalidCiphertextException')
    return { KeyId: key.arn, SharedSecret, EncapsulationAlgorithm }
  },
})
