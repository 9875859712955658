import { bypassFacts, readKeyPolicy, requireNoLockout } from '../../access/key-policy.ts'
import { defaultKeyPolicy } from '../../keys/default-policy.ts'
import type { Key } from '../../keys/key.ts'
import { keyMetadata } from '../../keys/key-metadata.ts'
import { readTags } from '../../keys/tags.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { onAccount } from '../on-account.ts'

type Input = KmsOperations['CreateKey']['input']

const specOf = (input: Input) => input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'

export const createKey = onAccount({
  name: 'CreateKey',
  summary: 'Makes a key, its material and its one key policy.',
  defaults: { Description: '', KeyUsage: 'ENCRYPT_DECRYPT', Origin: 'AWS_KMS', MultiRegion: false },
  recorded: (input) => ({
    BypassPolicyLockoutSafetyCheck: false,
    Tags: [],
    KeySpec: specOf(input),
    CustomerMasterKeySpec: specOf(input),
    ...input,
  }),
  check(input) {
    requireOneSpec(input)
    requireSupported(input)
    readTags(input.Tags)
  },
  facts: (input) => ({
    newKey: {
      keySpec: specOf(input),
      keyUsage: input.KeyUsage ?? 'ENCRYPT_DECRYPT',
      origin: input.Origin ?? 'AWS_KMS',
      multiRegion: input.MultiRegion ?? false,
    },
    ...(input.Tags === undefined ? {} : { requestTags: readTags(input.Tags) }),
    ...bypassFacts(input),
  }),
  alsoNeeds: (input) => (input.Tags === undefined || input.Tags.length === 0 ? [] : ['kms:TagResource']),
  async handle({ input, call, parts: { catalog, safe, chance }, changes }) {
    const { account } = call.caller
    const place = { account, region: call.region, keyId: chance.uuid() }
    const material = safe.newMaterial(place, call.now)
    const key: Key = {
      ...place,
      policy: await readKeyPolicy(input.Policy ?? defaultKeyPolicy(account), catalog),
      description: input.Description ?? '',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'AWS_KMS',
      keyManager: 'CUSTOMER',
      multiRegion: false,
      keyState: 'Enabled',
      createdAt: call.now,
      currentMaterialId: material.materialId,
      tags: readTags(input.Tags),
    }
    // The default policy is not asked about: whoever may make keys may make them under it (AWS KMS API Reference).
    if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) {
      await requireNoLockout(key, call, catalog)
    }
    changes.add('key', key)
    changes.add('keyMaterial', material)
    return { KeyMetadata: keyMetadata(key) }
  },
})

function requireOneSpec({ KeySpec, CustomerMasterKeySpec }: Input): void {
  if (KeySpec === undefined || CustomerMasterKeySpec === undefined || KeySpec === CustomerMasterKeySpec)
    return
  throw new Refusal(
    'ValidationException',
    'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
  )
}

/** What AWS makes and this release does not is refused by name, never made as something else. */
function requireSupported(input: Input): void {
  const spec = specOf(input)
  if (spec === 'SYMMETRIC_DEFAULT' && input.KeyUsage !== 'ENCRYPT_DECRYPT') {
    throw new Refusal(
      'ValidationException',
      `KeyUsage ${input.KeyUsage} is not compatible with KeySpec ${spec}`,
    )
  }
  const unsupported =
    spec !== 'SYMMETRIC_DEFAULT'
      ? `KeySpec ${spec}`
      : input.Origin !== 'AWS_KMS'
        ? `Origin ${input.Origin}`
        : input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined
          ? 'A custom key store'
          : input.MultiRegion
            ? 'MultiRegion'
            : undefined
  if (unsupported === undefined) return
  throw new Refusal('UnsupportedOperationException', `${unsupported} is not supported.`)
}
