import type { Chance } from '../base/chance.ts'
import { newLowerIdentifier } from './identifier.ts'
import type { OrganizationPolicyType } from './organization-policy.ts'
import type { RootFeature } from './root-task.ts'
import type { Tag } from './tags.ts'

/** The organization that the accounts of an installation make up. There is one, from the first start on. */
export interface Organization {
  /** `o-` and ten letters or digits. */
  readonly organizationId: string
  readonly managementAccount: string
  /** `r-` and four letters or digits: what all units and accounts are below. */
  readonly rootId: string
  readonly rootTags: readonly Tag[]
  /** Types of policies that count. */
  readonly enabledTypes: readonly OrganizationPolicyType[]
  /** What the management account may be the root user of member accounts for; absent before any was switched on. */
  readonly rootFeatures?: readonly RootFeature[]
}

/** The key of the only organization a store holds. */
export const theOrganization = ['organization'] as const

/** An account's place in the organization. */
export interface Member {
  readonly accountId: string
  /** The root or a unit. */
  readonly parentId: string
  readonly joinedMethod: 'INVITED' | 'CREATED'
  readonly tags: readonly Tag[]
  /** Milliseconds since the epoch. From then on nobody calls from the account, and nobody is let in to what it has. */
  readonly closedAt?: number
}

/** A unit of the organization: policies that are attached to it count for everything below. */
export interface OrganizationalUnit {
  readonly unitId: string
  readonly parentId: string
  readonly name: string
  readonly tags: readonly Tag[]
}

/** Somebody's wish for an account, and what came of it. */
export interface AccountCreation {
  readonly requestId: string
  readonly accountName: string
  readonly requestedAt: number
  /** Absent when it failed. */
  readonly accountId?: string
  readonly failureReason?: 'EMAIL_ALREADY_EXISTS'
}

/** What the root of every organization is called. */
export const rootName = 'Root'

/** How many units may lie between the root and an account, and how many there may be (AWS Organizations User Guide, "Quotas"). */
export const unitDepthMost = 5
export const unitsMost = 2000

/** For how long a closed account counts in the quota of closures. */
export const closureWindowMs = 30 * 86_400_000

/** How many member accounts may be closed within that time: a fifth, but 250 in any and 1000 in no organization. */
export function closuresMost(memberAccounts: number): number {
  return Math.min(1000, Math.max(250, Math.floor(memberAccounts / 5)))
}

export const newOrganizationId = (chance: Chance) => newLowerIdentifier('o-', 10, chance)
export const newRootId = (chance: Chance) => newLowerIdentifier('r-', 4, chance)
export const newCreationId = (chance: Chance) => newLowerIdentifier('car-', 32, chance)

/** A unit's id has the root's in it. */
export function newUnitId({ rootId }: Organization, chance: Chance): string {
  return newLowerIdentifier(`ou-${rootId.slice('r-'.length)}-`, 8, chance)
}

/** Twelve digits, of which the first is not zero: some clients take account ids for numbers. */
export function newAccountId(chance: Chance): string {
  const [first = 0, ...others] = chance.bytes(12)
  return [1 + (first % 9), ...others.map((byte) => byte % 10)].join('')
}

type Named = Pick<Organization, 'organizationId' | 'managementAccount'>

/** What policies call the organization, its root, a unit or an account of it. */
export function organizationArn({ organizationId, managementAccount }: Named): string {
  return `arn:aws:organizations::${managementAccount}:organization/${organizationId}`
}

export function targetArn(
  kind: 'root' | 'ou' | 'account',
  id: string,
  { organizationId, managementAccount }: Named,
): string {
  return `arn:aws:organizations::${managementAccount}:${kind}/${organizationId}/${id}`
}
