import { account, type KMS, newKey, type Serving } from './serving.ts'

/** A service in three Regions, and the words for keys that are in several of them. */

export const [home, ireland, mumbai] = ['us-east-1', 'eu-west-1', 'ap-south-1'] as const

/** What `serve` is told to have them. */
export const inRegions = { regions: [home, ireland, mumbai].join() }

export const arnIn = (region: string, id: string) => `arn:aws:kms:${region}:${account}:key/${id}`

/** One of related keys, as each of them tells of it. */
export const member = (region: string, id: string) => ({ Arn: arnIn(region, id), Region: region })

/** A primary key with replicas that are ready for use. */
export async function replicated(
  { root, clock }: Serving,
  replicas: readonly string[],
  input: Parameters<KMS['createKey']>[0] = {},
) {
  const { id, arn } = await newKey(root, { ...input, MultiRegion: true })
  for (const ReplicaRegion of replicas) await root.kms.replicateKey({ KeyId: id, ReplicaRegion })
  clock.advance(1000)
  return { id, arn }
}

export async function described({ root }: Serving, region: string, KeyId: string) {
  return (await root.kmsIn(region).describeKey({ KeyId })).KeyMetadata
}

export async function stateOf(house: Serving, region: string, KeyId: string) {
  return (await described(house, region, KeyId))?.KeyState
}
