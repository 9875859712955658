import { type Entity, entityArn } from './entity.ts'
import type { Tag } from './tags.ts'

/** An IAM user. */
export interface User extends Entity {
  readonly tags: readonly Tag[]
  /** The ARN of the managed policy that is its permissions boundary. */
  readonly boundary?: string
}

/** What policies call a user by. */
export function userArn(user: Pick<User, 'account' | 'path' | 'name'>): string {
  return entityArn('user', user)
}
