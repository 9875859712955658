import type { Form, Grant } from '@claviger/policy'
import type { RequestFacts } from '../call/facts.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'

/** How the caller came to the resource, which decides what a denial may tell. */
export type Named = 'by-caller' | 'by-ciphertext' | 'not-at-all' | 'to-assume'

/** One thing the caller must be allowed to do. Most operations need one; ReEncrypt needs two, UpdateAlias three. */
export interface Need {
  readonly action: string
  /** The ARN that policies see as the resource, or `*` where the operation has none. */
  readonly resource: string
  /** The key whose policy and grants have a say; absent where only the caller's own policies do. */
  readonly key?: KeyEntry
  /** The role that is to be assumed, whose trust policy has a say. */
  readonly role?: { readonly account: string; readonly trustPolicy: Form }
  readonly named: Named
  /** What a denial calls the resource, where AWS does not call it by its ARN: `role App`. */
  readonly shownAs?: string
  /** The Region that it is asked for in, where that is not the call's own. */
  readonly region?: string
  readonly facts: RequestFacts
  /** For RetireGrant, whose answer is up to the grant itself and not to the key. */
  readonly retiring?: Grant
}
