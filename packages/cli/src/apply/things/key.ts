import type { KeyMetadata, KeySpec, KeyUsageType } from '@aws-sdk/client-kms'
import { optional } from '../../policy-cases/read-value.ts'
import { CannotApply } from '../cannot-apply.ts'
import { listed, settled } from '../clients.ts'
import type { Installation } from '../installation.ts'
import type { Tags, WantedAccount, WantedKey } from '../installation-file.ts'
import type { Json } from '../json.ts'
import { policyDifference, surplus, tagDifferences, valueDifference } from './differences.ts'
import { grantsOf } from './grants.ts'
import { required } from './holders.ts'
import { aliasesOf } from './key-aliases.ts'
import { type KeyGround, keyIn, keyOf } from './key-ground.ts'
import { made, unchangeable } from './principals.ts'
import { type Difference, type Look, nameIn, type Thing } from './thing.ts'
import { nameKey, tagsUntilNamed, unnamedKeys } from './unnamed-key.ts'

/** A key, known by its alias, with its replicas, aliases and grants. */
export function keyThing(wanted: WantedKey, account: WantedAccount, installation: Installation): Thing {
  const region = wanted.region ?? installation.region
  const called = wanted.region === undefined ? wanted.name : `${wanted.region}:${wanted.name}`
  return {
    kind: 'key',
    name: nameIn(account.name, called),
    async look() {
      const place = await installation.place(account.name)
      const policy = wanted.policy && (await installation.resolved(wanted.policy, account.name))
      const ground: KeyGround = { wanted, account, installation, place, region, policy }
      const key = await keyIn(region, ground)
      const state = key && (await stateOf(key, ground))
      const replicas = await Promise.all(
        wanted.replicas.map((replica) => lookAtReplica(replica, key, ground)),
      )
      const grants = await grantsOf(wanted, {
        account,
        installation,
        kms: place?.kmsIn(region),
        keyId: key?.KeyId,
      })
      const own = aspects(region, ground, { key, state, prefix: '' })
      const looks = [own, ...replicas, await aliasesOf(ground, key), grants]
      return {
        exists: key !== undefined,
        differences: [
          ...made('keys', key, () => createKey(ground)),
          ...enabledDifference(ground, key),
          ...looks.flatMap(({ differences }) => differences),
          ...rotationDifference(ground, key, state),
        ],
        beyond: looks.flatMap(({ beyond }) => beyond),
        obstacles: [...obstaclesOf(wanted, key), ...looks.flatMap(({ obstacles }) => obstacles)],
      }
    },
  }
}

interface KeyState {
  readonly policy: Json
  readonly tags: Tags
  /** Days between rotations; `off` without. Absent for keys that cannot be rotated. */
  readonly rotation: number | 'off' | undefined
}

type PartOfLook = Pick<Look, 'differences' | 'beyond' | 'obstacles'>

async function stateOf(
  { KeyId, Arn = '', KeySpec: spec, Origin, MultiRegionConfiguration: related }: KeyMetadata,
  { place, wanted }: KeyGround,
): Promise<KeyState> {
  const kms = required(place)().kmsIn(Arn.split(':')[3] ?? '')
  const { Policy = '{}' } = await kms.getKeyPolicy({ KeyId })
  const tags = await listed(
    (Marker) => kms.listResourceTags({ KeyId, Marker }),
    ({ Tags, NextMarker }) => ({ items: Tags, next: NextMarker }),
  )
  const isRotated =
    wanted.rotation !== undefined &&
    spec === 'SYMMETRIC_DEFAULT' &&
    Origin === 'AWS_KMS' &&
    related?.MultiRegionKeyType !== 'REPLICA'
  const rotation = isRotated ? await kms.getKeyRotationStatus({ KeyId }) : undefined
  return {
    policy: JSON.parse(Policy) as Json,
    tags: Object.fromEntries(tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue])),
    rotation: rotation && (rotation.KeyRotationEnabled ? (rotation.RotationPeriodInDays ?? 365) : 'off'),
  }
}

/** What a key and each of its replicas have of their own: description, policy and tags. */
function aspects(
  region: string,
  { wanted, place, policy }: KeyGround,
  { key, state, prefix }: { key: KeyMetadata | undefined; state: KeyState | undefined; prefix: string },
): PartOfLook {
  const kms = () => required(place)().kmsIn(region)
  const KeyId = key?.KeyId
  const description = { before: key?.Description, after: wanted.description }
  const tags = { before: state?.tags ?? {}, after: wanted.tags }
  const differences = [
    ...valueDifference('keys', `${prefix}description`, description, () =>
      kms().updateKeyDescription({ KeyId, Description: wanted.description }),
    ),
    ...(policy === undefined
      ? []
      : policyDifference(
          'key policies',
          `${prefix}policy`,
          { before: state?.policy, after: policy },
          (Policy) => kms().putKeyPolicy({ KeyId, Policy }),
        )),
    ...tagDifferences('keys', tags, (list) => kms().tagResource({ KeyId, Tags: kmsTags(list) })).map(
      (one): Difference => ({ ...one, member: `${prefix}${one.member}` }),
    ),
  ]
  const there = { there: Object.keys(tags.before), wanted: Object.keys(tags.after) }
  return { differences, beyond: surplus(`${prefix}tag`, there), obstacles: [] }
}

function wireKeyTags(tags: Tags): { Tags?: { TagKey: string; TagValue: string }[] } {
  const list = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  return list.length === 0 ? {} : { Tags: list }
}

function kmsTags(tags: readonly { Key: string; Value: string }[]): { TagKey: string; TagValue: string }[] {
  return tags.map(({ Key: TagKey, Value: TagValue }) => ({ TagKey, TagValue }))
}

/**
 * Makes the key and then its alias, by which alone a later run knows it; a key that a run was killed over between the two
 * is taken up. It is made under the default policy: under its own, the alias might be refused.
 */
async function createKey({ wanted, place, region }: KeyGround): Promise<void> {
  const { name, description, spec, usage, multiRegion, tags } = wanted
  const kms = required(place)().kmsIn(region)
  const unnamed = (await unnamedKeys(kms, name)).find((key) => obstaclesOf(wanted, key).length === 0)
  const key =
    unnamed ??
    (
      await kms.createKey({
        ...optional('Description', description),
        ...optional('KeySpec', spec as KeySpec | undefined),
        ...optional('KeyUsage', usage as KeyUsageType | undefined),
        ...optional('MultiRegion', multiRegion),
        ...wireKeyTags(tagsUntilNamed(tags, name)),
      })
    ).KeyMetadata
  await nameKey(kms, key?.KeyId, name).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CannotApply(
      `the key ${key?.Arn} was made, but not named: ${reason}`,
      `run it again: it gets the alias alias/${name} then`,
    )
  })
}

/** A replica, with what it has of its own. */
async function lookAtReplica(
  region: string,
  key: KeyMetadata | undefined,
  ground: KeyGround,
): Promise<PartOfLook> {
  const { place } = ground
  const related = key?.MultiRegionConfiguration?.ReplicaKeys ?? []
  const isThere = related.some(({ Region }) => Region === region)
  if (!isThere || key === undefined) {
    return {
      differences: [
        { rank: 'keys', member: 'replicas', after: region, put: () => replicate(region, ground) },
      ],
      beyond: [],
      obstacles: [],
    }
  }
  const kms = place?.kmsIn(region)
  const replica = (await kms?.describeKey({ KeyId: key.KeyId }))?.KeyMetadata
  const state = replica && (await stateOf(replica, ground))
  return aspects(region, ground, { key: replica, state, prefix: `${region}: ` })
}

/** Makes a replica, and waits until it can be worked with. */
async function replicate(ReplicaRegion: string, ground: KeyGround): Promise<void> {
  const { wanted, place, region } = ground
  const { KeyId } = await keyOf(ground)
  const { kmsIn } = required(place)()
  await kmsIn(region).replicateKey({
    KeyId,
    ReplicaRegion,
    ...optional('Description', wanted.description),
    ...wireKeyTags(wanted.tags),
  })
  await settled(`the replica in ${ReplicaRegion} of alias/${wanted.name}`, async () => {
    const { KeyMetadata: replica } = await kmsIn(ReplicaRegion).describeKey({ KeyId })
    return replica?.KeyState === 'Creating' ? undefined : replica
  })
}

function rotationDifference(
  ground: KeyGround,
  key: KeyMetadata | undefined,
  state: KeyState | undefined,
): readonly Difference[] {
  const kms = () => required(ground.place)().kmsIn(ground.region)
  const { rotation } = ground.wanted
  // A new key is not rotated.
  const before = key === undefined && rotation === 'off' ? 'off' : state?.rotation
  return valueDifference('keys', 'rotation', { before, after: rotation }, () =>
    rotation === 'off'
      ? kms().disableKeyRotation({ KeyId: key?.KeyId })
      : kms().enableKeyRotation({ KeyId: key?.KeyId, ...optional('RotationPeriodInDays', rotation) }),
  )
}

/** Enabled before everything that a disabled key does not let be done to it, and disabled after that. */
function enabledDifference(
  { wanted, place, region }: KeyGround,
  key: KeyMetadata | undefined,
): readonly Difference[] {
  const kms = () => required(place)().kmsIn(region)
  const KeyId = key?.KeyId
  // A new key is enabled.
  if (key === undefined && wanted.enabled) return []
  const before = key && key.Enabled === true
  return valueDifference(
    wanted.enabled ? 'keys' : 'access keys',
    'enabled',
    { before, after: wanted.enabled },
    () => (wanted.enabled ? kms().enableKey({ KeyId }) : kms().disableKey({ KeyId })),
  )
}

/** What was decided when the key was made, and a key that is about to be gone. */
function obstaclesOf(wanted: WantedKey, key: KeyMetadata | undefined): readonly string[] {
  if (key === undefined) return []
  const { spec, usage, multiRegion } = wanted
  const going = key.KeyState === 'PendingDeletion' || key.KeyState === 'PendingReplicaDeletion'
  return [
    ...unchangeable('spec', key.KeySpec, spec),
    ...unchangeable('usage', key.KeyUsage, usage),
    ...unchangeable('multi-region', key.MultiRegion ?? false, multiRegion),
    ...(going ? [`it is to be deleted; \`aws kms cancel-key-deletion --key-id ${key.KeyId}\` keeps it`] : []),
  ]
}
