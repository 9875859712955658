import { verifyMac as isMacOf } from '../../crypto/mac.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { currentSecret } from './current-material.ts'

export const verifyMac = onKey({
  name: 'VerifyMac',
  summary: 'Says that an HMAC was made of this message with this key; refuses one that was not.',
  usage: 'GENERATE_VERIFY_MAC',
  facts: (input) => ({ macAlgorithm: input.MacAlgorithm }),
  require: (input, { key }) => requireAlgorithm(key, input.MacAlgorithm),
  async handle({ input: { Message, MacAlgorithm, Mac }, subject: { key }, parts }) {
    const { secret } = await currentSecret(key, parts)
    if (!isMacOf(secret, MacAlgorithm, Message, Mac)) throw new Refusal('KMSInvalidMacException')
    return { KeyId: key.arn, MacValid: true, MacAlgorithm }
  },
})
