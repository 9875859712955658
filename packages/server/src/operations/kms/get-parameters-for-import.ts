import { newKeyPair } from '../../crypto/key-pair.ts'
import { requireWrapping } from '../../keys/import-wrapping.ts'
import { requireImportable } from '../../keys/material-import.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { onKey } from '../on-key.ts'

/** How long a wrapping key and its token may be used (AWS KMS API Reference, GetParametersForImport). */
const validMs = 86_400_000

export const getParametersForImport = onKey({
  name: 'GetParametersForImport',
  summary: 'Gives a public key to wrap key material with, and the token that goes with it, for one day.',
  facts: (input) => ({
    wrappingAlgorithm: input.WrappingAlgorithm,
    wrappingKeySpec: input.WrappingKeySpec,
  }),
  require(input, key) {
    requireImportable(key)
    requireWrapping(key.key.keySpec, wrappingOf(input))
  },
  async handle({ input, subject: { key }, call, parts: { safe } }) {
    const wrapping = requireWrapping(key.key.keySpec, wrappingOf(input))
    const { privateKey, publicKey } = await newKeyPair(wrapping.wrappingKeySpec)
    const validTo = call.now + validMs
    const token = safe.importToken(key.key, { ...wrapping, validTo }, privateKey)
    privateKey.destroy()
    return {
      KeyId: key.arn,
      ImportToken: token,
      PublicKey: publicKey.spki,
      ParametersValidTo: new Date(validTo),
    }
  },
})

function wrappingOf({
  WrappingAlgorithm,
  WrappingKeySpec,
}: KmsOperations['GetParametersForImport']['input']) {
  return { algorithm: WrappingAlgorithm, wrappingKeySpec: WrappingKeySpec }
}
