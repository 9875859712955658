import type { Catalog } from '../../catalog/catalog.ts'
import type { EntityKind } from '../../identity/entity.ts'
import { type QuotaName, requireRoom } from '../../identity/quotas.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/** [what AWS calls one whose name is taken, how many an account can have]. */
const rows: Readonly<Record<EntityKind, readonly [taken: (name: string) => string, quota: QuotaName]>> = {
  user: [(name) => `User with name ${name} already exists.`, 'UsersPerAccount'],
  group: [(name) => `Group with name ${name} already exists.`, 'GroupsPerAccount'],
  role: [(name) => `Role with name ${name} already exists.`, 'RolesPerAccount'],
  instanceProfile: [(name) => `Instance Profile ${name} already exists.`, 'InstanceProfilesPerAccount'],
}

/** Requires that nothing of a kind has this name, in whatever case. @throws Refusal `EntityAlreadyExistsException` */
export async function requireFreeName(
  kind: EntityKind,
  { account, name }: { readonly account: string; readonly name: string },
  catalog: Catalog,
): Promise<void> {
  if ((await catalog.principals.byName(kind, account, name)) === undefined) return
  throw new Refusal('EntityAlreadyExistsException', rows[kind][0](name))
}

/** Requires that one more of a kind may be made under this name. @throws Refusal `LimitExceededException` and as above */
export async function requireRoomForNew(
  kind: EntityKind,
  { account, name }: { readonly account: string; readonly name: string },
  { catalog, limits }: Pick<Parts, 'catalog' | 'limits'>,
): Promise<void> {
  await requireFreeName(kind, { account, name }, catalog)
  const count = await catalog.store.count(kind, { prefix: [account] })
  requireRoom(rows[kind][1], count, { account, limits })
}
