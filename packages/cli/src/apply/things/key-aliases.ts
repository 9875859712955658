import type { KeyMetadata } from '@aws-sdk/client-kms'
import { listed } from '../clients.ts'
import { surplus } from './differences.ts'
import { required } from './holders.ts'
import { type KeyGround, keyBehind, keyOf } from './key-ground.ts'
import type { Difference, Look } from './thing.ts'

/**
 * The aliases of a key: its further ones, and all of them in the Regions of its replicas. One that is another key's is not
 * taken from it: whoever uses it would encrypt under this key from then on, and not know it.
 */
export async function aliasesOf(
  ground: KeyGround,
  key: KeyMetadata | undefined,
): Promise<Pick<Look, 'differences' | 'beyond' | 'obstacles'>> {
  const { wanted, place, region } = ground
  const differences: Difference[] = []
  const obstacles: string[] = []
  for (const where of [region, ...wanted.replicas]) {
    const names = where === region ? wanted.aliases : [wanted.name, ...wanted.aliases]
    for (const name of names) {
      const present = (await keyBehind(name, place?.kmsIn(where)))?.KeyId
      const member = where === region ? 'aliases' : `${where}: aliases`
      if (present === undefined) {
        differences.push({ rank: 'keys', member, after: name, put: () => createAlias(name, where, ground) })
      } else if (present !== key?.KeyId) {
        obstacles.push(`${member}: \`${name}\` is that of key ${present}; delete it there, or choose another`)
      }
    }
  }
  return { differences, beyond: await otherAliases(ground, key), obstacles }
}

async function createAlias(name: string, region: string, ground: KeyGround): Promise<void> {
  const { KeyId: TargetKeyId } = await keyOf(ground)
  await required(ground.place)()
    .kmsIn(region)
    .createAlias({ AliasName: `alias/${name}`, TargetKeyId })
}

/** Aliases of the key that the file does not name. */
async function otherAliases(
  { wanted, place, region }: KeyGround,
  key: KeyMetadata | undefined,
): Promise<readonly string[]> {
  if (key === undefined) return []
  const kms = required(place)().kmsIn(region)
  const there = await listed(
    (Marker) => kms.listAliases({ KeyId: key.KeyId, Marker }),
    ({ Aliases, NextMarker }) => ({
      items: Aliases?.map(({ AliasName = '' }) => AliasName.slice('alias/'.length)),
      next: NextMarker,
    }),
  )
  return surplus('alias', { there, wanted: [wanted.name, ...wanted.aliases] })
}
