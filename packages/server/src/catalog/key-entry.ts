import type { Form } from '@claviger/policy'
import type { PublicKey } from '../crypto/public-key.ts'
import type { Secret } from '../crypto/secret.ts'
import type { Key } from '../keys/key.ts'
import type { KeyState } from '../keys/key-state.ts'
import type { Stored } from '../storage/store.ts'
import type { KeyStoreEntry } from './key-stores.ts'

/** A key ready for use: its record as read, and what is made from it once and not per call. */
export interface KeyEntry {
  readonly stored: Stored<Key>
  readonly key: Key
  readonly arn: string
  /** The state it is in: the key's own, unless the custom key store it is in says otherwise. */
  readonly state: KeyState
  /** The custom key store it is in. */
  readonly keyStore: KeyStoreEntry | undefined
  readonly currentMaterialId: string | undefined
  readonly policy: Form
  readonly aliasNames: readonly string[]
  /** Tag values by lower-case tag key, as condition keys are compared. */
  readonly tags: ReadonlyMap<string, string>
  /** Opened materials, by id; filled as they are first used. */
  readonly materials: Map<string, Material>
  /** A key that AWS manages, before its first use: it is made when a call has been allowed on it. */
  readonly unmade?: true
}

/** A key's material, ready for use. */
export interface Material {
  readonly materialId: string
  /** Absent while imported material is not here. */
  readonly secret: Secret | undefined
  /** The public half of a pair. */
  readonly publicKey: PublicKey | undefined
}
