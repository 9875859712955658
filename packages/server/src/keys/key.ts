import type { KeyState } from './key-state.ts'

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

/** A KMS key without its material: what `DescribeKey` shows and what authorization asks about. A value. */
export interface Key {
  readonly account: string
  readonly region: string
  readonly keyId: string
  readonly policy: KeyPolicy
  readonly description: string
  readonly keySpec: string
  readonly keyUsage: string
  readonly origin: string
  readonly keyManager: 'CUSTOMER' | 'AWS'
  readonly multiRegion: boolean
  readonly keyState: KeyState
  /** Milliseconds since the epoch, as all times inside. */
  readonly createdAt: number
  /** When the key will be gone, material and all; only while `PendingDeletion`. */
  readonly deletionAt?: number
  readonly currentMaterialId?: string
  readonly tags: readonly Tag[]
}

export function keyArn(key: Pick<Key, 'account' | 'region' | 'keyId'>): string {
  return `arn:aws:kms:${key.region}:${key.account}:key/${key.keyId}`
}
