import { findKey } from '../../access/find-key.ts'
import type { Need } from '../../access/need.ts'
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
import { decryptUnder, encryptUnder } from './symmetric.ts'

type Types = KmsOperations['ReEncrypt']

interface Both extends Subject {
  readonly blob: Uint8Array
  readonly source: CiphertextKey
  readonly destination: CiphertextKey
}

const side = (action: string, { key, named, alias }: CiphertextKey, facts: Need['facts']): Need => ({
  action,
  resource: key.arn,
  key,
  named,
  facts: alias === undefined ? facts : { ...facts, requestAlias: alias },
})

export const reEncrypt: Operation<Types['input'], Types['output'], Both> = {
  service: 'kms',
  name: 'ReEncrypt',
  summary: 'Brings a ciphertext under another key or encryption context; the plaintext stays inside.',
  defaults: {
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  },
  check: () => undefined,
  async find(input, call, parts) {
    const blob = requireCiphertext(input.CiphertextBlob)
    const source = await findCiphertextKey(blob, input.SourceKeyId, {
      call,
      parts,
      action: 'kms:ReEncryptFrom',
    })
    const { key, alias } = await findKey(input.DestinationKeyId, {
      call,
      catalog: parts.catalog,
      action: 'kms:ReEncryptTo',
      takesAliases: true,
    })
    const destination: CiphertextKey = { key, named: 'by-caller', ...(alias === undefined ? {} : { alias }) }
    return { blob, source, destination, keys: [source.key, key] }
  },
  needs(input, { source, destination }) {
    const reEncryptOnSameKey = source.key.arn === destination.key.arn
    const from = encryptionFacts({
      ...(input.SourceEncryptionContext && { EncryptionContext: input.SourceEncryptionContext }),
      ...(input.SourceEncryptionAlgorithm && { EncryptionAlgorithm: input.SourceEncryptionAlgorithm }),
    })
    const to = encryptionFacts({
      ...(input.DestinationEncryptionContext && { EncryptionContext: input.DestinationEncryptionContext }),
      ...(input.DestinationEncryptionAlgorithm && {
        EncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      }),
    })
    return [
      side('kms:ReEncryptFrom', source, { ...from, reEncryptOnSameKey }),
      side('kms:ReEncryptTo', destination, { ...to, reEncryptOnSameKey }),
    ]
  },
  require(input, { blob, source, destination }) {
    requireSameKey(blob, source.key)
    for (const entry of [source.key, destination.key]) {
      requireState('ReEncrypt', entry)
      requireUsage(entry.key, 'ENCRYPT_DECRYPT', 'ReEncrypt')
    }
    requireAlgorithm(source.key.key, input.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT')
    requireAlgorithm(destination.key.key, input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT')
  },
  async handle({ input, subject: { blob, source, destination }, parts }) {
    const opened = await decryptUnder(
      source.key,
      { blob, encryptionContext: input.SourceEncryptionContext },
      parts,
    )
    const sealed = await encryptUnder(
      destination.key,
      { plaintext: opened.plaintext, encryptionContext: input.DestinationEncryptionContext },
      parts,
    )
    opened.plaintext.fill(0)
    return {
      CiphertextBlob: sealed.blob,
      SourceKeyId: source.key.arn,
      KeyId: destination.key.arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyMaterialId: opened.materialId,
      DestinationKeyMaterialId: sealed.materialId,
    }
  },
}
