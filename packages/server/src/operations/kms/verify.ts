import { verify as isSignatureOf } from '../../crypto/signing.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { currentPublicKey } from './current-material.ts'
import { defaultMessageType, messageOf, requireSignable, signingFacts } from './signing-rules.ts'

export const verify = onKey({
  name: 'Verify',
  summary: 'Says that a signature was made of this message with this key; refuses one that was not.',
  defaults: { MessageType: defaultMessageType },
  usage: 'SIGN_VERIFY',
  facts: signingFacts,
  require: requireSignable,
  async handle({ input, subject: { key }, parts }) {
    const { SigningAlgorithm } = input
    const publicKey = await currentPublicKey(key, parts)
    const isValid = await isSignatureOf(publicKey, SigningAlgorithm, messageOf(input), input.Signature)
    if (!isValid) throw new Refusal('KMSInvalidSignatureException')
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm }
  },
})
