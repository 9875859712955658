import type { Entity } from './entity.ts'
import type { Tag } from './tags.ts'

/** What hands a role to a machine. */
export interface InstanceProfile extends Entity {
  readonly tags: readonly Tag[]
  readonly roleId?: string
}
