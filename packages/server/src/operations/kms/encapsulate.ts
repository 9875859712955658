import { encapsulate as encapsulateTo } from '../../crypto/encapsulation.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { onKey } from '../on-key.ts'
import { currentPublicKey } from './current-material.ts'

export const encapsulate = onKey({
  name: 'Encapsulate',
  summary: 'Makes a secret, and a ciphertext from which only the holder of the private key gets it too.',
  usage: 'ENCAPSULATE_DECAPSULATE',
  require: (input, { key }) => requireAlgorithm(key, input.EncapsulationAlgorithm),
  async handle({ input: { EncapsulationAlgorithm }, subject: { key }, parts }) {
    const { sharedSecret, ciphertext } = await encapsulateTo(await currentPublicKey(key, parts))
    return {
      KeyId: key.arn,
      SharedSecret: sharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm,
    }
  },
})
