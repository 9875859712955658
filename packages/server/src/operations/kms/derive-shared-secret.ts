import { agree } from '../../crypto/agreement.ts'
import type { KeyPairSpec } from '../../crypto/key-pair.ts'
import { readPublicKey } from '../../crypto/public-key.ts'
import { requireAlgorithm } from '../../keys/key-usage.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { currentSecret } from './current-material.ts'
import { withRecipient } from './recipient.ts'

const deriveInTheClear = onKey({
  name: 'DeriveSharedSecret',
  summary:
    "Agrees on a secret with whoever has the private half of another pair, by that pair's public half.",
  usage: 'KEY_AGREEMENT',
  facts: (input) => ({ keyAgreementAlgorithm: input.KeyAgreementAlgorithm }),
  require: (input, { key }) => requireAlgorithm(key, input.KeyAgreementAlgorithm),
  async handle({ input, subject: { key }, parts }) {
    const { keySpec, origin } = key.key
    const { secret } = await currentSecret(key, parts)
    // Only pairs agree on anything, which `usage` has checked.
    const peer = readPublicKey(input.PublicKey, keySpec as KeyPairSpec)
    const sharedSecret = peer && (await agree(secret, peer))
    // AWS is seen to refuse keys that are none, and those on another curve, without a word.
    if (sharedSecret === undefined) throw new Refusal('ValidationException', '')
    return {
      KeyId: key.arn,
      SharedSecret: sharedSecret,
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: origin,
    }
  },
})

export const deriveSharedSecret = withRecipient('SharedSecret', deriveInTheClear)
