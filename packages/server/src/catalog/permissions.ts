import type { NamedPolicy } from '@claviger/policy'
import { invariant } from '../base/invariant.ts'
import { lowerName } from '../identity/entity.ts'
import { defaultText, type ManagedPolicy, policyArn } from '../identity/managed-policy.ts'
import type { Store } from '../storage/store.ts'
import {
  groupsOf,
  type HeldPolicies,
  heldPolicies,
  managedPolicy,
  type PolicyHolder,
} from './held-policies.ts'
import type { Policies } from './policies.ts'

/** What says what a user or role is allowed, in the form that serves. */
export interface Permissions {
  readonly identityPolicies: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy
  /** Names of what it was read from besides its holder: of groups and managed policies, a change of which makes it old. */
  readonly madeOf: ReadonlySet<string>
}

interface Ground {
  readonly store: Store
  readonly policies: Policies
}

/** The name by which permissions remember a managed policy they are made of. */
export function managedPolicyName(policy: Pick<ManagedPolicy, 'account' | 'name'>): string {
  return `${policy.account} ${lowerName(policy)}`
}

/** Reads what a user has by itself and through its groups, or what a role has; and the boundary of either. */
export async function readPermissions(
  kind: 'user' | 'role',
  holder: PolicyHolder,
  { store, policies }: Ground,
): Promise<Permissions> {
  const madeOf = new Set<string>()
  const byName = new Map<string, NamedPolicy>()
  const add = ({ inline, managed }: HeldPolicies, group?: string) => {
    for (const { name, text } of inline) {
      const shown = group === undefined ? name : `group/${group}/${name}`
      const form = policies.ofPrincipal(text, 'identity-policy')
      byName.set(`inline ${shown}`, { name: shown, form })
    }
    for (const policy of managed) {
      madeOf.add(managedPolicyName(policy))
      // One that is there several times, by itself and through a group, is asked once.
      const named = namedPolicy(policy, 'identity-policy', policies)
      byName.set(named.arn, named)
    }
  }
  add(await heldPolicies(holder, store))
  for (const { value: group } of kind === 'user' ? await groupsOf(holder, store) : []) {
    madeOf.add(group.uniqueId)
    add(await heldPolicies(group, store), group.name)
  }
  const identityPolicies = [...byName.values()]
  if (holder.boundary === undefined) return { identityPolicies, madeOf }
  const boundary = await managedPolicy(holder.boundary, holder.account, store)
  // It cannot be deleted while it bounds somebody; were it gone all the same, nobody may be let off it.
  invariant(boundary !== undefined, 'a permissions boundary is there')
  madeOf.add(managedPolicyName(boundary.value))
  return {
    identityPolicies,
    boundary: namedPolicy(boundary.value, 'permissions-boundary', policies),
    madeOf,
  }
}

function namedPolicy(
  policy: ManagedPolicy,
  kind: 'identity-policy' | 'permissions-boundary',
  policies: Policies,
): NamedPolicy & { readonly arn: string } {
  return {
    name: policy.name,
    arn: policyArn(policy),
    form: policies.ofPrincipal(defaultText(policy), kind),
  }
}
