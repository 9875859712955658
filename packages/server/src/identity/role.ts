import type { BoundPolicy } from './bound-policy.ts'
import { type Entity, entityArn } from './entity.ts'
import type { Tag } from './tags.ts'

/** An IAM role: permissions for whoever its trust policy lets assume it. */
export interface Role extends Entity {
  readonly trustPolicy: BoundPolicy
  readonly description?: string
  readonly maxSessionSeconds: number
  readonly tags: readonly Tag[]
  /** The ARN of the managed policy that is its permissions boundary. */
  readonly boundary?: string
  /** The service whose role this is, for a service-linked role. */
  readonly linkedService?: string
}

/** What policies call a role by. */
export function roleArn(role: Pick<Role, 'account' | 'path' | 'name'>): string {
  return entityArn('role', role)
}

/** A session of a role is called without the role's path. */
export function sessionArn({ account, name }: Pick<Role, 'account' | 'name'>, sessionName: string): string {
  return `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`
}

/** What became of a service-linked role that was to be deleted. Done at once here, and asked for later. */
export interface RoleDeletion {
  readonly account: string
  readonly taskId: string
  readonly at: number
}
