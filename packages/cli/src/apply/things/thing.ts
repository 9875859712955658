import type { Json } from '../json.ts'

/**
 * What is done in which order. Guard rails come before what they guard; principals before the policies that name
 * them; keys before policies that name keys. A new role may be assumed, and a new user has credentials, only when all
 * else is as it should be.
 */
export const ranks = [
  /** The user who enters the other accounts, whole. */
  'enterer',
  'units',
  'accounts',
  'policies',
  'principals',
  'keys',
  'grants',
  /** After all that is done to a key under the policy it is made with: its own may leave whoever applies it little. */
  'key policies',
  /** Policies that refer to keys. */
  'policies about keys',
  'boundaries',
  'permissions',
  'trust',
  'access keys',
] as const
export type Rank = (typeof ranks)[number]

/** One way in which a thing is not as described, and what makes it so. */
export interface Difference {
  readonly rank: Rank
  /** Absent for the thing itself, when that is not there. */
  readonly member?: string
  readonly before?: Json
  readonly after?: Json
  /** Whether both are policy documents, which are compared line by line. */
  readonly isPolicy?: true
  put(): Promise<void>
}

/** A thing as it is, beside what the file wants of it. */
export interface Look {
  readonly exists: boolean
  readonly differences: readonly Difference[]
  /** What it has beyond the file, which is left as it is. */
  readonly beyond: readonly string[]
  /** What is different and cannot be changed. As long as there is any, nothing is done. */
  readonly obstacles: readonly string[]
}

/** One thing that a file describes. */
export interface Thing {
  /** `user`, `key`, `service control policy`. */
  readonly kind: string
  /** With its account before it where that is not the management account, and its Region where it has one. */
  readonly name: string
  look(): Promise<Look>
}

/** How a thing of an account is called. */
export function nameIn(account: string, name: string): string {
  return account === 'management' ? name : `${account}/${name}`
}
