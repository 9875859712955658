import { sign as signatureOf } from '../../crypto/signing.ts'
import { onKey } from '../on-key.ts'
import { currentSecret } from './current-material.ts'
import { defaultMessageType, messageOf, requireSignable, signingFacts } from './signing-rules.ts'

export const sign = onKey({
  name: 'Sign',
  summary:
    'Signs a message of up to 4096 bytes, or the hash of one, with a private key that never leaves the service.',
  defaults: { MessageType: defaultMessageType },
  usage: 'SIGN_VERIFY',
  facts: signingFacts,
  require: requireSignable,
  async handle({ input, subject: { key }, parts }) {
    const { SigningAlgorithm } = input
    const { secret } = await currentSecret(key, parts)
    const Signature = await signatureOf(secret, SigningAlgorithm, messageOf(input))
    return { KeyId: key.arn, Signature, SigningAlgorithm }
  },
})
