import { generateMac as macOf } from '../../crypto/mac.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { onKey } from '../on-key.ts'
import { currentSecret } from './current-material.ts'

export const generateMac = onKey({
  name: 'GenerateMac',
  summary: 'Makes an HMAC of up to 4096 bytes with a key that never leaves the service.',
  usage: 'GENERATE_VERIFY_MAC',
  facts: (input) => ({ macAlgorithm: input.MacAlgorithm }),
  require: (input, { key }) => requireAlgorithm(key, input.MacAlgorithm),
  async handle({ input: { Message, MacAlgorithm }, subject: { key }, parts }) {
    const { secret } = await currentSecret(key, parts)
    return { Mac: macOf(secret, MacAlgorithm, Message), MacAlgorithm, KeyId: key.arn }
  },
})
