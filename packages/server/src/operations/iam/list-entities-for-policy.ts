import { policyArn } from '../../identity/managed-policy.ts'
import type { EntityType, PolicyUsageType } from '../../protocol/models/iam.ts'
import type { Store } from '../../storage/store.ts'
import { onPolicy } from '../on-policy.ts'
import { isBelow, pageOf } from './paging.ts'

export const listEntitiesForPolicy = onPolicy({
  name: 'ListEntitiesForPolicy',
  summary: 'Lists who has a managed policy: groups, users and roles.',
  async handle({ input, subject: { policy }, call, parts: { catalog } }) {
    const holders = await holdersOf(policyArn(policy.value), call.caller.account, catalog.store, input)
    const { items, ending } = pageOf(holders.filter(isBelow(input.PathPrefix)), input, orderOf)
    const named = (kind: HolderKind) => items.filter((holder) => holder.kind === kind)
    return {
      PolicyGroups: named('group').map(({ name, uniqueId }) => ({ GroupName: name, GroupId: uniqueId })),
      PolicyUsers: named('user').map(({ name, uniqueId }) => ({ UserName: name, UserId: uniqueId })),
      PolicyRoles: named('role').map(({ name, uniqueId }) => ({ RoleName: name, RoleId: uniqueId })),
      ...ending,
    }
  },
})

type HolderKind = 'group' | 'user' | 'role'

interface Holder {
  readonly kind: HolderKind
  readonly name: string
  readonly uniqueId: string
  readonly path: string
}

const orderOf = ({ kind, name }: Holder) => `${kind} ${name}`

const typeByKind: Readonly<Record<HolderKind, EntityType>> = { group: 'Group', user: 'User', role: 'Role' }

interface Filter {
  readonly EntityFilter?: EntityType
  readonly PolicyUsageFilter?: PolicyUsageType
}

/** Everybody who has a policy, or is bounded by it, once. */
async function holdersOf(
  arn: string,
  account: string,
  store: Store,
  { EntityFilter: type, PolicyUsageFilter: usage }: Filter,
): Promise<readonly Holder[]> {
  const prefix = [account, arn]
  const limit = Number.MAX_SAFE_INTEGER
  const byId = new Map<string, Holder>()
  if (usage !== 'PermissionsBoundary') {
    for (const { value } of await store.list('attachment', { index: 'policy', prefix, limit })) {
      const holder = await findHolder(account, value.ownerId, store)
      if (holder !== undefined) byId.set(value.ownerId, holder)
    }
  }
  if (usage !== 'PermissionsPolicy') {
    const bounded = { index: 'boundary', prefix, limit } as const
    for (const { value } of await store.list('user', bounded))
      byId.set(value.uniqueId, { ...value, kind: 'user' })
    for (const { value } of await store.list('role', bounded))
      byId.set(value.uniqueId, { ...value, kind: 'role' })
  }
  return [...byId.values()].filter(({ kind }) => type === undefined || typeByKind[kind] === type)
}

async function findHolder(account: string, uniqueId: string, store: Store): Promise<Holder | undefined> {
  for (const kind of ['user', 'role', 'group'] as const) {
    const found = await store.find(kind, [account, uniqueId])
    if (found !== undefined) return { ...found.value, kind }
  }
  return undefined
}
