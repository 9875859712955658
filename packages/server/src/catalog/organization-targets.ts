import { invariant } from '../base/invariant.ts'
import type { Account } from '../identity/account.ts'
import {
  type Member,
  type Organization,
  type OrganizationalUnit,
  rootName,
  targetArn,
} from '../identity/organization.ts'
import { findAwsPolicy, type OrganizationPolicy } from '../identity/organization-policy.ts'
import type { Tag } from '../identity/tags.ts'
import type { Store, Stored } from '../storage/store.ts'

interface Common {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly tags: readonly Tag[]
}

export interface Root extends Common {
  readonly type: 'ROOT'
}

export interface Unit extends Common {
  readonly type: 'ORGANIZATIONAL_UNIT'
  readonly parentId: string
  readonly stored: Stored<OrganizationalUnit>
}

export interface MemberAccount extends Common {
  readonly type: 'ACCOUNT'
  readonly parentId: string
  readonly stored: Stored<Member>
  readonly account: Account
}

/** What policies can be attached to. */
export type Target = Root | Unit | MemberAccount

/** What an id by itself says of what it is the id of, as ARNs call it. */
export function kindOfTarget(id: string): 'root' | 'ou' | 'account' {
  if (id.startsWith('r-')) return 'root'
  return id.startsWith('ou-') ? 'ou' : 'account'
}

/** The root, unit or account with this id. */
export async function findTarget(
  id: string,
  organization: Organization,
  store: Store,
): Promise<Target | undefined> {
  const arn = targetArn(kindOfTarget(id), id, organization)
  if (id === organization.rootId) {
    return { type: 'ROOT', id, arn, name: rootName, tags: organization.rootTags }
  }
  const unit = await store.find('organizationalUnit', [id])
  if (unit !== undefined) return unitOf(unit, organization)
  const member = await store.find('member', [id])
  return member && memberOf(member, organization, store)
}

export function unitOf(stored: Stored<OrganizationalUnit>, organization: Organization): Unit {
  const { unitId: id, name, parentId, tags } = stored.value
  return {
    type: 'ORGANIZATIONAL_UNIT',
    id,
    arn: targetArn('ou', id, organization),
    name,
    parentId,
    tags,
    stored,
  }
}

export async function memberOf(
  stored: Stored<Member>,
  organization: Organization,
  store: Store,
): Promise<MemberAccount> {
  const { accountId: id, parentId, tags } = stored.value
  const account = (await store.find('account', [id]))?.value
  invariant(account !== undefined, 'a member of the organization is an account')
  const arn = targetArn('account', id, organization)
  return { type: 'ACCOUNT', id, arn, name: account.name, parentId, tags, stored, account }
}

/** Policies that nobody can change have no version to be held to. */
const unchanging = 0

/** The organization's policy with this id: of its own, or one that AWS manages. */
export async function findOrganizationPolicy(
  policyId: string,
  store: Store,
): Promise<Stored<OrganizationPolicy> | undefined> {
  const value = findAwsPolicy(policyId)
  return value === undefined ? store.find('organizationPolicy', [policyId]) : { value, version: unchanging }
}
