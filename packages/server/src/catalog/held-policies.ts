import { findAwsManagedPolicy } from '../identity/aws-managed-policy.ts'
import type { Entity } from '../identity/entity.ts'
import type { Group } from '../identity/group.ts'
import type { InlinePolicy } from '../identity/inline-policy.ts'
import { awsAccount, type ManagedPolicy, parsePolicyArn, policyArn } from '../identity/managed-policy.ts'
import type { Store, Stored } from '../storage/store.ts'

/** Who can have identity policies. */
export type PolicyOwner = Pick<Entity, 'account' | 'uniqueId' | 'name'>

/** A user or role with all that says what it is allowed. */
export interface PolicyHolder extends PolicyOwner {
  readonly boundary?: string
}

/** The policies that speak for one user, group or role by itself, as they are stored. */
export interface HeldPolicies {
  readonly inline: readonly InlinePolicy[]
  readonly managed: readonly ManagedPolicy[]
}

/** No account comes near it: what is listed for authorization is listed whole. */
const everything = Number.MAX_SAFE_INTEGER

/** The policies of one owner by itself: of a user, without those of its groups. */
export async function heldPolicies(
  { account, uniqueId }: Pick<PolicyOwner, 'account' | 'uniqueId'>,
  store: Store,
): Promise<HeldPolicies> {
  const inline = await store.list('inlinePolicy', { prefix: [account, uniqueId], limit: everything })
  const attachments = await store.list('attachment', { prefix: [account, uniqueId], limit: everything })
  const managed = await Promise.all(
    attachments.map(({ value }) => managedPolicy(value.policyArn, account, store)),
  )
  return {
    inline: inline.map(({ value }) => value),
    managed: managed.flatMap((found) => (found === undefined ? [] : [found.value])),
  }
}

/** The groups a user is in. */
export async function groupsOf(
  { account, uniqueId }: Pick<PolicyOwner, 'account' | 'uniqueId'>,
  store: Store,
): Promise<readonly Stored<Group>[]> {
  const memberships = await store.list('membership', { prefix: [account, uniqueId], limit: everything })
  const groups = await Promise.all(
    memberships.map(({ value }) => store.find('group', [account, value.groupId])),
  )
  return groups.flatMap((group) => group ?? [])
}

/** Policies that nobody can change have no version to be held to. */
const unchanging = 0

/** The managed policy with this ARN that an account sees: its own, or one that AWS manages. */
export async function managedPolicy(
  arn: string,
  account: string,
  store: Store,
): Promise<Stored<ManagedPolicy> | undefined> {
  const parts = parsePolicyArn(arn)
  if (parts === undefined) return undefined
  if (parts.account === awsAccount) {
    const value = findAwsManagedPolicy(arn)
    return value && { value, version: unchanging }
  }
  if (parts.account !== account) return undefined
  const stored = await store.find('managedPolicy', [account, parts.name.toLowerCase()])
  return stored !== undefined && policyArn(stored.value) === arn ? stored : undefined
}
