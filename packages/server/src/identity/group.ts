import type { Entity } from './entity.ts'

/** An IAM group: what its users are allowed together. It is no principal. */
export type Group = Entity

/** That a user belongs to a group. */
export interface Membership {
  readonly account: string
  readonly userId: string
  readonly groupId: string
}
