import type {
  CustomerMasterKeySpec,
  KeyMetadata,
  KeySpec,
  KeyUsageType,
  OriginType,
} from '../protocol/models/kms.ts'
import { type Key, keyArn } from './key.ts'

/** A key as `DescribeKey` and `CreateKey` show it; members that do not apply are left out, as AWS does. */
export function keyMetadata(key: Key): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: keyArn(key),
    CreationDate: new Date(key.createdAt),
    Enabled: key.keyState === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage as KeyUsageType,
    KeyState: key.keyState,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: key.origin as OriginType,
    KeyManager: key.keyManager,
    // AWS still answers with the deprecated name of the same fact.
    CustomerMasterKeySpec: key.keySpec as CustomerMasterKeySpec,
    KeySpec: key.keySpec as KeySpec,
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: key.multiRegion,
    ...(key.currentMaterialId === undefined ? {} : { CurrentKeyMaterialId: key.currentMaterialId }),
  }
}
