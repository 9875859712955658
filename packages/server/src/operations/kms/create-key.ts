import { bypassFacts, readKeyPolicy, requireNoLockout } from '../../access/key-policy.ts'
import { defaultKeyPolicy } from '../../keys/default-policy.ts'
import { isImportable } from '../../keys/import-wrapping.ts'
import type { Key } from '../../keys/key.ts'
import { keyMetadata } from '../../keys/key-metadata.ts'
import { algorithmsOf } from '../../keys/key-spec.ts'
import { readTags } from '../../keys/tags.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KeySpec, KeyUsageType, KmsOperations } from '../../protocol/models/kms.ts'
import { onAccount } from '../on-account.ts'
import { linkToStore, requireStoreMembers } from './key-in-store.ts'
import { requireKeyRoom } from './key-room.ts'

type Input = KmsOperations['CreateKey']['input']

const specOf = (input: Input): KeySpec => input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'

/** Only symmetric encryption keys have a usage by default; `requireUsage` has refused the others. */
const usageOf = (input: Input): KeyUsageType => input.KeyUsage ?? 'ENCRYPT_DECRYPT'

export const createKey = onAccount({
  name: 'CreateKey',
  summary: 'Makes a key, its material and its one key policy.',
  defaults: { Description: '', Origin: 'AWS_KMS', MultiRegion: false },
  recorded: (input) => ({
    BypassPolicyLockoutSafetyCheck: false,
    Tags: [],
    KeySpec: specOf(input),
    CustomerMasterKeySpec: specOf(input),
    KeyUsage: usageOf(input),
    ...input,
  }),
  check(input) {
    requireOneSpec(input)
    requireUsage(input)
    requireImportable(input)
    requireStoreMembers(input)
    readTags(input.Tags)
  },
  facts: (input) => ({
    newKey: {
      keySpec: specOf(input),
      keyUsage: usageOf(input),
      origin: input.Origin ?? 'AWS_KMS',
      multiRegion: input.MultiRegion ?? false,
      ...(input.MultiRegion ? { multiRegionKeyType: 'PRIMARY' } : {}),
    },
    ...(input.Tags === undefined ? {} : { requestTags: readTags(input.Tags) }),
    ...bypassFacts(input),
  }),
  alsoNeeds: (input) => (input.Tags === undefined || input.Tags.length === 0 ? [] : ['kms:TagResource']),
  async handle({ input, call, parts, changes }) {
    const { catalog, safe, chance } = parts
    const { account } = call.caller
    await requireKeyRoom({ account, region: call.region }, parts)
    const keyStore = await linkToStore(input, call, { parts, changes })
    const place = { account, region: call.region, keyId: newKeyId(input, chance) }
    const isImported = input.Origin === 'EXTERNAL'
    const material = isImported ? undefined : await safe.newMaterial(place, specOf(input), call.now)
    const key: Key = {
      ...place,
      policy: await readKeyPolicy(input.Policy ?? defaultKeyPolicy(account), catalog),
      description: input.Description ?? '',
      keySpec: specOf(input),
      keyUsage: usageOf(input),
      origin: input.Origin ?? 'AWS_KMS',
      keyManager: 'CUSTOMER',
      keyState: isImported ? 'PendingImport' : 'Enabled',
      createdAt: call.now,
      materials:
        material === undefined
          ? []
          : [{ materialId: material.materialId, state: 'CURRENT', createdAt: call.now }],
      ...(input.MultiRegion ? { related: { primary: call.region, replicas: [] } } : {}),
      ...(keyStore === undefined ? {} : { keyStore }),
      tags: readTags(input.Tags),
    }
    // The default policy is not asked about: whoever may make keys may make them under it (AWS KMS API Reference).
    if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) {
      await requireNoLockout(key, call, catalog)
    }
    changes.add('key', key)
    if (material !== undefined) changes.add('keyMaterial', material)
    return { KeyMetadata: keyMetadata(key) }
  },
})

/** A UUID; for a multi-Region key one that says so (AWS KMS Developer Guide, "Multi-Region keys"). */
function newKeyId({ MultiRegion }: Input, chance: { uuid(): string }): string {
  const id = chance.uuid()
  return MultiRegion ? `mrk-${id.replaceAll('-', '')}` : id
}

function requireOneSpec({ KeySpec, CustomerMasterKeySpec }: Input): void {
  if (KeySpec === undefined || CustomerMasterKeySpec === undefined || KeySpec === CustomerMasterKeySpec)
    return
  throw new Refusal(
    'ValidationException',
    'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
  )
}

/** A key is made for one usage, which its spec must have; only symmetric encryption keys need not say theirs. */
function requireUsage(input: Input): void {
  const spec = specOf(input)
  if (input.KeyUsage === undefined && spec !== 'SYMMETRIC_DEFAULT') {
    throw new Refusal(
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  }
  if (algorithmsOf(spec, usageOf(input)).length > 0) return
  throw new Refusal(
    'ValidationException',
    `KeyUsage ${usageOf(input)} is not compatible with KeySpec ${spec}`,
  )
}

/** A key of a spec that no material can be brought for would wait for it forever. */
function requireImportable(input: Input): void {
  const spec = specOf(input)
  if (input.Origin !== 'EXTERNAL' || isImportable(spec)) return
  throw new Refusal(
    'UnsupportedOperationException',
    `Key spec ${spec} does not support imported key material.`,
  )
}
