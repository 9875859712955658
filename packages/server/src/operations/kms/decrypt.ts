import { requireState } from '../../keys/key-state.ts'
import { requireAlgorithm, requireUsage } from '../../keys/key-usage.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Operation, Subject } from '../operation.ts'
import { encryptionFacts } from './encryption-facts.ts'
import {
  type CiphertextKey,
  findCiphertextKey,
  requireCiphertext,
  requireSameKey,
} from './find-ciphertext-key.ts'
import { requireNoRecipient } from './recipient.ts'
import { decryptUnder } from './symmetric.ts'

type Types = KmsOperations['Decrypt']

interface Found extends CiphertextKey, Subject {
  readonly blob: Uint8Array
}

export const decrypt: Operation<Types['input'], Types['output'], Found> = {
  service: 'kms',
  name: 'Decrypt',
  summary: 'Opens a ciphertext blob, finding its key by itself where none is named.',
  defaults: { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  check: requireNoRecipient,
  async find(input, call, parts) {
    const blob = requireCiphertext(input.CiphertextBlob)
    const found = await findCiphertextKey(blob, input.KeyId, { call, parts, action: 'kms:Decrypt' })
    return { ...found, blob, keys: [found.key] }
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
  require(input, { key, blob }) {
    requireSameKey(blob, key)
    requireState('Decrypt', key)
    requireUsage(key.key, 'ENCRYPT_DECRYPT', 'Decrypt')
    requireAlgorithm(key.key, input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT')
  },
  async handle({ input, subject: { key, blob }, parts, note }) {
    const message = { blob, encryptionContext: input.EncryptionContext }
    const { plaintext, materialId } = await decryptUnder(key, message, parts)
    note({ keyMaterialId: materialId })
    return {
      KeyId: key.arn,
      Plaintext: plaintext,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: materialId,
    }
  },
}
