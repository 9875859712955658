import { algorithmMember } from '../../keys/key-metadata.ts'
import { keyTypeOf } from '../../keys/key-spec.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { CustomerMasterKeySpec } from '../../protocol/models/kms.ts'
import { onKey } from '../on-key.ts'
import { currentPublicKey } from './current-material.ts'

export const getPublicKey = onKey({
  name: 'GetPublicKey',
  summary: 'Gives the public half of a pair away, for use without the service.',
  require(_input, { key, arn, currentMaterialId }) {
    if (keyTypeOf(key.keySpec) !== 'asymmetric') throw new Refusal('UnsupportedOperationException')
    // AWS's table lets this through while material is to be imported again; before the first time there is none.
    if (currentMaterialId === undefined) {
      throw new Refusal('KMSInvalidStateException', `${arn} is pending import.`)
    }
  },
  async handle({ subject: { key }, parts }) {
    const { keySpec, keyUsage } = key.key
    const { spki } = await currentPublicKey(key, parts)
    return {
      KeyId: key.arn,
      PublicKey: spki,
      // AWS still answers with the deprecated name of the same fact.
      CustomerMasterKeySpec: keySpec as CustomerMasterKeySpec,
      KeySpec: keySpec,
      KeyUsage: keyUsage,
      ...algorithmMember(key.key),
    }
  },
})
