import { findKey } from '../../access/find-key.ts'
import type { Need } from '../../access/need.ts'
import { requireState } from '../../keys/key-state.ts'
import { requireAlgorithm, requirePlaintextFits, requireUsage } from '../../keys/key-usage.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Operation, Subject } from '../operation.ts'
import { encryptUnder } from './ciphers/ciphers.ts'
import {
  type CiphertextSource,
  decryptSource,
  findSourceKey,
  readSource,
  requireSource,
  type SourceKey,
} from './ciphertext-source.ts'
import { encryptionFacts } from './encryption-facts.ts'
import { defaultAlgorithm, requireContextFits } from './encryption-rules.ts'

type Types = KmsOperations['ReEncrypt']
type Input = Types['input']

interface Both extends Subject {
  readonly from: CiphertextSource
  readonly source: SourceKey
  readonly destination: SourceKey
}

const sourceOf = (input: Input): CiphertextSource =>
  readSource(input, {
    keyId: input.SourceKeyId,
    algorithm: input.SourceEncryptionAlgorithm,
    encryptionContext: input.SourceEncryptionContext,
  })

const destinationOf = (input: Input) => ({
  algorithm: input.DestinationEncryptionAlgorithm ?? defaultAlgorithm,
  encryptionContext: input.DestinationEncryptionContext,
})

const side = (action: string, { key, named, alias }: SourceKey, facts: Need['facts']): Need => ({
  action,
  resource: key.arn,
  key,
  named,
  facts: alias === undefined ? facts : { ...facts, requestAlias: alias },
})

export const reEncrypt: Operation<Input, Types['output'], Both> = {
  service: 'kms',
  name: 'ReEncrypt',
  summary: 'Brings a ciphertext under another key or encryption context; the plaintext stays inside.',
  defaults: {
    SourceEncryptionAlgorithm: defaultAlgorithm,
    DestinationEncryptionAlgorithm: defaultAlgorithm,
  },
  check(input) {
    sourceOf(input)
    requireContextFits(input.DestinationEncryptionAlgorithm, input.DestinationEncryptionContext)
  },
  async find(input, call, parts) {
    const from = sourceOf(input)
    const source = await findSourceKey(from, { call, parts, action: 'kms:ReEncryptFrom' })
    const { key, alias } = await findKey(input.DestinationKeyId, {
      call,
      catalog: parts.catalog,
      action: 'kms:ReEncryptTo',
      takesAliases: true,
    })
    const destination: SourceKey = { key, named: 'by-caller', ...(alias === undefined ? {} : { alias }) }
    return { from, source, destination, keys: [source.key, key] }
  },
  needs(input, { source, destination }) {
    const reEncryptOnSameKey = source.key.arn === destination.key.arn
    const from = encryptionFacts({
      EncryptionAlgorithm: input.SourceEncryptionAlgorithm,
      EncryptionContext: input.SourceEncryptionContext,
    })
    const to = encryptionFacts({
      EncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
      EncryptionContext: input.DestinationEncryptionContext,
    })
    return [
      side('kms:ReEncryptFrom', source, { ...from, reEncryptOnSameKey }),
      side('kms:ReEncryptTo', destination, { ...to, reEncryptOnSameKey }),
    ]
  },
  require(input, { from, source, destination: { key } }) {
    requireSource(from, source.key, 'ReEncrypt')
    requireState('ReEncrypt', key)
    requireUsage(key.key, 'ENCRYPT_DECRYPT', 'ReEncrypt')
    requireAlgorithm(key.key, destinationOf(input).algorithm)
  },
  async handle({ input, subject: { from, source, destination }, call, parts }) {
    const use = { operation: 'ReEncrypt', call, parts }
    const opened = await decryptSource(from, source.key, use)
    const { plaintext } = opened
    try {
      const to = destinationOf(input)
      requirePlaintextFits(destination.key.key, to.algorithm, plaintext.length)
      const sealed = await encryptUnder(destination.key, { plaintext, ...to }, use)
      return {
        CiphertextBlob: sealed.blob,
        SourceKeyId: source.key.arn,
        KeyId: destination.key.arn,
        SourceEncryptionAlgorithm: from.algorithm,
        DestinationEncryptionAlgorithm: to.algorithm,
        SourceKeyMaterialId: opened.materialId,
        DestinationKeyMaterialId: sealed.materialId,
      }
    } finally {
      plaintext.fill(0)
    }
  },
}
