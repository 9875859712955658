/** What users, groups, roles and instance profiles have in common. */
export interface Entity {
  readonly account: string
  /** Never used again, while the name may be. */
  readonly uniqueId: string
  readonly name: string
  /** `/` or `/division/team/`. */
  readonly path: string
  readonly createdAt: number
}

/** What IAM calls by a name, and by a unique id of its own. */
export type EntityKind = 'user' | 'group' | 'role' | 'instanceProfile'

/** How the ARN of each kind calls it. */
const resourceTypes: Readonly<Record<EntityKind, string>> = {
  user: 'user',
  group: 'group',
  role: 'role',
  instanceProfile: 'instance-profile',
}

/** What policies call it by. */
export function entityArn(kind: EntityKind, { account, path, name }: Omit<Entity, 'uniqueId' | 'createdAt'>) {
  return `arn:aws:iam::${account}:${resourceTypes[kind]}${path}${name}`
}

/** Names are kept as written, but no two of a kind differ in case alone. */
export function lowerName({ name }: Pick<Entity, 'name'>): string {
  return name.toLowerCase()
}
