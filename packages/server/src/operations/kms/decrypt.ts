import { whenHere } from '../../base/soon.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Operation, Subject } from '../operation.ts'
import {
  type CiphertextSource,
  decryptSource,
  findSourceKey,
  readSource,
  requireSource,
  type SourceKey,
} from './ciphertext-source.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { defaultAlgorithm } from './encryption-rules.ts'
import { withRecipient } from './recipient.ts'

type Types = KmsOperations['Decrypt']

interface Found extends SourceKey, Subject {
  readonly source: CiphertextSource
}

const sourceOf = (input: Types['input']): CiphertextSource =>
  readSource(input, {
    keyId: input.KeyId,
    algorithm: input.EncryptionAlgorithm,
    encryptionContext: input.EncryptionContext,
  })

const decryptInTheClear: Operation<Types['input'], Types['output'], Found> = {
  service: 'kms',
  name: 'Decrypt',
  summary: 'Opens a ciphertext, finding its key by itself where none is named and the ciphertext tells.',
  defaults: { EncryptionAlgorithm: defaultAlgorithm },
  check(input) {
    sourceOf(input)
  },
  find(input, call, parts) {
    const source = sourceOf(input)
    const found = findSourceKey(source, { call, parts, action: 'kms:Decrypt' })
    return whenHere(found, (named) => ({ ...named, source, keys: [named.key] }))
  },
  needs: (input, { key, named, alias }) => [
    {
      action: 'kms:Decrypt',
      resource: key.arn,
      key,
      named,
      facts: { ...encryptionFacts(input), ...(alias === undefined ? {} : { requestAlias: alias }) },
    },
  ],
  require: (_input, { source, key }) => requireSource(source, key, 'Decrypt'),
  handle({ subject: { source, key }, call, parts, note }) {
    const opened = decryptSource(source, key, { operation: 'Decrypt', call, parts })
    return whenHere(opened, ({ plaintext, materialId }) => {
      if (materialId !== undefined) note({ keyMaterialId: materialId })
      return {
        KeyId: key.arn,
        Plaintext: plaintext,
        EncryptionAlgorithm: source.algorithm,
        KeyMaterialId: materialId,
      }
    })
  },
}

export const decrypt = withRecipient('Plaintext', decryptInTheClear)
