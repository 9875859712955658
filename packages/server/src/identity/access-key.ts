import type { Chance } from '../base/chance.ts'
import { newIdentifier } from './identifier.ts'

/** A long-term credential of a user or of an account's root user. */
export interface AccessKey {
  /** `AKIA` and 16 letters or digits. */
  readonly accessKeyId: string
  readonly account: string
  /** `root`, or the unique id of the user. */
  readonly owner: string
  /** The secret access key, sealed under the root key, base64: SigV4 needs the secret itself to verify. */
  readonly sealedSecret: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: number
}

export function newAccessKeyId(chance: Chance): string {
  return newIdentifier('AKIA', 16, chance)
}

/** Forty characters of base64: 240 random bits. */
export function newSecretAccessKey(chance: Chance): string {
  return Buffer.from(chance.bytes(30)).toString('base64')
}
