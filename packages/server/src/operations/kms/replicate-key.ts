import { bypassFacts, readKeyPolicy, requireNoLockout } from '../../access/key-policy.ts'
import type { Need } from '../../access/need.ts'
import { invariant } from '../../base/invariant.ts'
import type { KeyEntry } from '../../catalog/key-entry.ts'
import { relatedChanges } from '../../catalog/related-changes.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import { defaultKeyPolicy } from '../../keys/default-policy.ts'
import { type Key, keyPlace } from '../../keys/key.ts'
import type { KeyMaterial } from '../../keys/key-material.ts'
import { keyMetadata } from '../../keys/key-metadata.ts'
import { settled } from '../../keys/material-import.ts'
import {
  replicatedMaterials,
  requireNoneIn,
  requirePrimary,
  settlingMs,
  withReplica,
} from '../../keys/multi-region.ts'
import { readTags, wireTag } from '../../keys/tags.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import { onKey } from '../on-key.ts'
import type { DeedElsewhere } from '../operation.ts'
import type { Parts } from '../parts.ts'
import { requireKeyRoom } from './key-room.ts'
import { requireServed } from './served-region.ts'

type Input = KmsOperations['ReplicateKey']['input']

export const replicateKey = onKey({
  name: 'ReplicateKey',
  summary: 'Makes a key with the id and material of a multi-Region key in another Region.',
  defaults: { Description: '' },
  recorded: (input) => ({ BypassPolicyLockoutSafetyCheck: false, ...input }),
  check: (input) => void readTags(input.Tags),
  facts: (input) => ({ replicaRegion: input.ReplicaRegion }),
  alsoNeeds: creationNeeds,
  require(input, { key }) {
    requirePrimary(key)
    requireNoneIn(input.ReplicaRegion, key)
  },
  async handle({ input, subject: { key: primary }, call, parts, changes, recordElsewhere }) {
    const { catalog } = parts
    requireServed(input.ReplicaRegion, parts)
    await requireKeyRoom({ account: primary.key.account, region: input.ReplicaRegion }, parts)
    const policy = await readKeyPolicy(input.Policy ?? defaultKeyPolicy(primary.key.account), catalog)
    const related = withReplica(primary.key, input.ReplicaRegion)
    const replica: Key = {
      ...sharedWith(primary.key),
      region: input.ReplicaRegion,
      related,
      policy,
      description: input.Description ?? '',
      tags: readTags(input.Tags),
      keyState: 'Creating',
      createdAt: call.now,
      settlesAt: call.now + settlingMs,
    }
    // As for CreateKey: the default policy is not asked about.
    if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) {
      await requireNoLockout(replica, { ...call, region: replica.region }, catalog)
    }
    const before = await relatedKeys(primary, catalog)
    const after = settled([...before.map(({ key }) => ({ ...key, related })), replica])
    changes.include(relatedChanges(before, after))
    changes.add('key', replica)
    for (const material of await materialsOf(primary, replica, parts)) changes.add('keyMaterial', material)
    recordElsewhere(creation(replica, input))
    return {
      ReplicaKeyMetadata: keyMetadata(replica),
      ReplicaPolicy: policy.text,
      ReplicaTags: replica.tags.map(wireTag),
    }
  },
})

/** A replica is a new key of its Region, so whoever replicates must be allowed to make one there. */
function creationNeeds(input: Input, { key: { keySpec, keyUsage, origin } }: KeyEntry): readonly Need[] {
  const isTagged = input.Tags !== undefined && input.Tags.length > 0
  const newKey = { keySpec, keyUsage, origin, multiRegion: true, multiRegionKeyType: 'REPLICA' } as const
  const facts = {
    newKey,
    ...(input.Tags === undefined ? {} : { requestTags: readTags(input.Tags) }),
    ...bypassFacts(input),
  }
  return ['kms:CreateKey', ...(isTagged ? ['kms:TagResource'] : [])].map((action) => ({
    action,
    resource: '*',
    named: 'not-at-all',
    region: input.ReplicaRegion,
    facts,
  }))
}

/** What related keys have in common, whatever becomes of one of them; everything else is each key's own. */
function sharedWith({ account, keyId, keySpec, keyUsage, origin, keyManager, materials, rotation }: Key) {
  return {
    account,
    keyId,
    keySpec,
    keyUsage,
    origin,
    keyManager,
    materials: replicatedMaterials(materials),
    ...(rotation === undefined ? {} : { rotation }),
  }
}

/**
 * The primary's material, wrapped for the replica's place. Imported material is brought to each Region by whoever owns
 * it; only what everybody may know of it is there at once.
 */
async function materialsOf(
  primary: KeyEntry,
  replica: Key,
  { catalog, safe }: Parts,
): Promise<readonly KeyMaterial[]> {
  const place = keyPlace(replica)
  const rows: KeyMaterial[] = []
  for (const { materialId, createdAt, imported } of primary.key.materials) {
    const { secret, publicKey } = (await catalog.material(primary, materialId)) ?? {}
    if (imported === undefined) {
      invariant(secret !== undefined, 'material that was made here is here')
      rows.push(safe.sealMaterial(place, { secret, ...(publicKey && { publicKey }) }, createdAt))
    } else if (publicKey !== undefined) {
      rows.push(safe.sealPublicKey({ ...place, materialId }, publicKey, createdAt))
    }
  }
  return rows
}

/** What AWS records in the replica's Region: that a key was made there. */
function creation(
  replica: Key,
  { Policy, BypassPolicyLockoutSafetyCheck = false, Tags = [] }: Input,
): DeedElsewhere {
  const { region, description, keySpec, keyUsage, origin } = replica
  return {
    region,
    operation: 'CreateKey',
    input: {
      ...(Policy === undefined ? {} : { Policy }),
      Description: description,
      KeyUsage: keyUsage,
      KeySpec: keySpec,
      CustomerMasterKeySpec: keySpec,
      Origin: origin,
      BypassPolicyLockoutSafetyCheck,
      Tags,
      MultiRegion: true,
    },
    output: { KeyMetadata: keyMetadata(replica) },
    keys: [],
  }
}
