import type { KeyMetadata, KMS } from '@aws-sdk/client-kms'
import { listed, orAbsent } from '../clients.ts'
import type { Tags } from '../installation-file.ts'

/** What a new key is tagged with until it has its alias, by which it is known from then on. */
const aliasTag = 'claviger:alias'

/** As many tags as a key may have. */
const tagsMost = 50

/** The tags to make a key with: with all fifty of them wanted there is no room to say what it is to be called. */
export function tagsUntilNamed(tags: Tags, name: string): Tags {
  return Object.keys(tags).length < tagsMost ? { ...tags, [aliasTag]: name } : tags
}

/**
 * Keys that a run made and could not give their alias any more. Nothing is taken for one but what says so itself: a key
 * without an alias may well be in use by its ARN.
 */
export async function unnamedKeys(kms: KMS, name: string): Promise<readonly KeyMetadata[]> {
  const keys = await listed(
    (Marker) => kms.listKeys({ Marker }),
    ({ Keys, NextMarker }) => ({ items: Keys, next: NextMarker }),
  )
  const aliases = await listed(
    (Marker) => kms.listAliases({ Marker }),
    ({ Aliases, NextMarker }) => ({ items: Aliases, next: NextMarker }),
  )
  const named = new Set(aliases.map(({ TargetKeyId }) => TargetKeyId))
  const unnamed: KeyMetadata[] = []
  for (const { KeyId } of keys) {
    if (named.has(KeyId) || !(await isMeantFor(kms, KeyId, name))) continue
    const { KeyMetadata: key } = await kms.describeKey({ KeyId })
    if (key?.KeyState === 'Enabled') unnamed.push(key)
  }
  return unnamed
}

/** A key that does not let whoever applies the file read its tags was not made by them. */
async function isMeantFor(kms: KMS, KeyId: string | undefined, name: string): Promise<boolean> {
  const tags = listed(
    (Marker) => kms.listResourceTags({ KeyId, Marker }),
    ({ Tags, NextMarker }) => ({ items: Tags, next: NextMarker }),
  )
  const found = await orAbsent(tags, 'AccessDeniedException', 'NotFoundException')
  return found?.some(({ TagKey, TagValue }) => TagKey === aliasTag && TagValue === name) ?? false
}

/** Gives a key its alias, and takes away what only said that it would have it. */
export async function nameKey(kms: KMS, KeyId: string | undefined, name: string): Promise<void> {
  await kms.createAlias({ AliasName: `alias/${name}`, TargetKeyId: KeyId })
  await kms.untagResource({ KeyId, TagKeys: [aliasTag] })
}
