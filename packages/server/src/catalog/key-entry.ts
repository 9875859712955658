import type { Form } from '@claviger/policy'
import type { Secret } from '../crypto/secret.ts'
import type { Key } from '../keys/key.ts'
import type { Stored } from '../storage/store.ts'

/** A key ready for use: its record as read, and what is made from it once and not per call. */
export interface KeyEntry {
  readonly stored: Stored<Key>
  readonly key: Key
  readonly arn: string
  readonly policy: Form
  readonly aliasNames: readonly string[]
  /** Tag values by lower-case tag key, as condition keys are compared. */
  readonly tags: ReadonlyMap<string, string>
  /** Opened materials, by id; filled as they are first used. */
  readonly materials: Map<string, Secret>
}
