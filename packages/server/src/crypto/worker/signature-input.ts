import type { KeyObject } from 'node:crypto'

/** What a signing task takes. */
export interface Signing {
  readonly privateKey: KeyObject
  /** What is signed: the message itself, its hash, or its µ, as the task's name says. */
  readonly message: Uint8Array
}

/** What a verifying task takes. */
export interface Verifying {
  readonly publicKey: KeyObject
  readonly message: Uint8Array
  readonly signature: Uint8Array
}
