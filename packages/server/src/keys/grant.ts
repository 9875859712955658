import type { Grant } from '@claviger/policy'

/** A grant as it is stored: what the engine knows of it, the key it is on, and what lists show. */
export interface GrantRecord extends Grant {
  readonly account: string
  readonly region: string
  readonly keyId: string
  readonly name?: string
  readonly createdAt: number
}
