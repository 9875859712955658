import type { Soon } from '../../../base/soon.ts'
import type { Call } from '../../../call/call.ts'
import type { KeyEntry } from '../../../catalog/key-entry.ts'
import type { EncryptionAlgorithmSpec } from '../../../protocol/models/kms.ts'
import type { Parts } from '../../parts.ts'

/** How keys of one kind encrypt and decrypt. The caller is allowed to, and the key has the algorithm. */
export interface Cipher {
  encrypt(key: KeyEntry, message: ToEncrypt, use: Use): Soon<Encrypted>

  /**
   * What the ciphertext holds. One that was changed, one of another key, algorithm or encryption context and one
   * whose material is gone are all `undefined`: which of them it was is nothing a caller should learn.
   */
  decrypt(key: KeyEntry, message: ToDecrypt, use: Use): Soon<Decrypted | undefined>
}

/** One use of a key: a key whose cryptography is done elsewhere tells there what it is for. */
export interface Use {
  readonly operation: string
  readonly call: Call
  readonly parts: Parts
}

interface Manner {
  readonly algorithm: EncryptionAlgorithmSpec
  /** Absent for every algorithm but `SYMMETRIC_DEFAULT`. */
  readonly encryptionContext: Readonly<Record<string, string>> | undefined
}

export interface ToEncrypt extends Manner {
  readonly plaintext: Uint8Array
}

export interface ToDecrypt extends Manner {
  readonly blob: Uint8Array
}

/** A ciphertext, and the material that made it where the ciphertext says so itself. */
export interface Encrypted {
  readonly blob: Uint8Array
  readonly materialId?: string
}

export interface Decrypted {
  readonly plaintext: Uint8Array
  readonly materialId?: string
}
