import type { KeySpec, KeyUsageType, OriginType } from '../protocol/models/kms.ts'
import type { KeyState } from './key-state.ts'
import type { MaterialFacts } from './material-facts.ts'

/** A key policy as its author wrote it, and whom its principals were when it was put. */
export interface KeyPolicy {
  readonly text: string
  /**
   * ARN of each user or role named in a Principal → its unique id at that moment. Whoever gets the same name
   * later is somebody else and is not meant (AWS KMS Developer Guide, "Key policies": deleted principals).
   */
  readonly bindings: Readonly<Record<string, string>>
}

export interface Tag {
  readonly key: string
  readonly value: string
}

/** Automatic rotation, while it is switched on. */
export interface Rotation {
  readonly periodDays: number
  /** When the next one is due. A key that is not enabled then is rotated as soon as it is again. */
  readonly nextAt: number
}

/** Which Regions the related keys of a multi-Region key are in; the same in the record of each of them. */
export interface RelatedRegions {
  readonly primary: string
  readonly replicas: readonly string[]
}

/** Where a key's cryptography is done, or half of it, when that is not here. */
export interface KeyStoreLink {
  readonly storeId: string
  /** The key of the external key manager, for a store that is one. */
  readonly xksKeyId?: string
}

/** A KMS key without its material: what `DescribeKey` shows and what authorization asks about. A value. */
export interface Key {
  readonly account: string
  readonly region: string
  readonly keyId: string
  readonly policy: KeyPolicy
  readonly description: string
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsageType
  readonly origin: OriginType
  readonly keyManager: 'CUSTOMER' | 'AWS'
  readonly keyState: KeyState
  /** Milliseconds since the epoch, as all times inside. */
  readonly createdAt: number
  /** When the key will be gone, material and all; only while `PendingDeletion`. */
  readonly deletionAt?: number
  /** The waiting period that will begin when the last replica is gone; only while `PendingReplicaDeletion`. */
  readonly pendingWindowDays?: number
  /** When `Creating` or `Updating` is over. */
  readonly settlesAt?: number
  /** Every piece of material the key has had, oldest first; the secrets themselves are stored apart. */
  readonly materials: readonly MaterialFacts[]
  readonly rotation?: Rotation
  /** Only for a multi-Region key. */
  readonly related?: RelatedRegions
  /** Only for a key in a custom key store. */
  readonly keyStore?: KeyStoreLink
  readonly tags: readonly Tag[]
}

export function keyArn(key: Pick<Key, 'account' | 'region' | 'keyId'>): string {
  return `arn:aws:kms:${key.region}:${key.account}:key/${key.keyId}`
}

/** What a key is called in the store: what its row, its material, its grants and its aliases are found by. */
export function keyPlace({ account, region, keyId }: Pick<Key, 'account' | 'region' | 'keyId'>) {
  return { account, region, keyId }
}
