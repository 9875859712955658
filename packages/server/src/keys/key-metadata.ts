import type { CustomerMasterKeySpec, KeyMetadata, KeyUsageType } from '../protocol/models/kms.ts'
import { type Key, keyArn } from './key.ts'
import { algorithmsOf } from './key-spec.ts'
import type { KeyState } from './key-state.ts'
import { currentMaterial } from './material-facts.ts'
import { isPrimary } from './multi-region.ts'
import { canRotate } from './rotation.ts'

/** Under which name a key's algorithms are listed, by what it was made for. */
const algorithmMembers = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const satisfies Readonly<Record<KeyUsageType, keyof KeyMetadata>>

/** The algorithms of a key, under the one name that its usage has for them: as `DescribeKey` and `GetPublicKey` do. */
export function algorithmMember({ keySpec, keyUsage }: Pick<Key, 'keySpec' | 'keyUsage'>) {
  return { [algorithmMembers[keyUsage]]: algorithmsOf(keySpec, keyUsage) }
}

/**
 * A key as `DescribeKey` and `CreateKey` show it; members that do not apply are left out, as AWS does.
 *
 * @param keyState the state it is in, which for a key in a custom key store is not the key's alone
 */
export function keyMetadata(key: Key, keyState: KeyState = key.keyState): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: keyArn(key),
    CreationDate: new Date(key.createdAt),
    Enabled: keyState === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: keyState,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: key.origin,
    KeyManager: key.keyManager,
    // AWS still answers with the deprecated name of the same fact.
    CustomerMasterKeySpec: key.keySpec as CustomerMasterKeySpec,
    KeySpec: key.keySpec,
    ...algorithmMember(key),
    ...materialMembers(key),
    ...relatedMembers(key),
    ...storeMembers(key),
    ...(key.pendingWindowDays === undefined ? {} : { PendingDeletionWindowInDays: key.pendingWindowDays }),
  }
}

function materialMembers(key: Key): Partial<KeyMetadata> {
  const current = currentMaterial(key.materials)
  if (current === undefined) return {}
  const { imported } = current
  return {
    // Of keys that can have several, which those in custom key stores cannot.
    ...(canRotate(key) ? { CurrentKeyMaterialId: current.materialId } : {}),
    ...(imported?.present !== true
      ? {}
      : imported.expiresAt === undefined
        ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
        : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(imported.expiresAt) }),
  }
}

function storeMembers({ keyStore }: Key): Partial<KeyMetadata> {
  if (keyStore === undefined) return {}
  const { storeId, xksKeyId } = keyStore
  return {
    CustomKeyStoreId: storeId,
    ...(xksKeyId === undefined ? {} : { XksKeyConfiguration: { Id: xksKeyId } }),
  }
}

function relatedMembers({ account, region, keyId, related }: Key): Partial<KeyMetadata> {
  if (related === undefined) return { MultiRegion: false }
  const inRegion = (each: string) => ({ Arn: keyArn({ account, region: each, keyId }), Region: each })
  return {
    MultiRegion: true,
    MultiRegionConfiguration: {
      MultiRegionKeyType: isPrimary({ region, related }) ? 'PRIMARY' : 'REPLICA',
      PrimaryKey: inRegion(related.primary),
      ReplicaKeys: related.replicas.map(inRegion),
    },
  }
}
