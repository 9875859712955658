import type { MemberAccount, Root, Target, Unit } from '../../catalog/organization-targets.ts'
import type { OrganizationPolicy, OrganizationPolicyType } from '../../identity/organization-policy.ts'
import { findPolicyType } from '../../identity/organization-policy.ts'
import { Refusal, type RefusalCode } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'

/** The refusals for what a request names and is not there, or is something else. */

export function requireParent(
  target: Target | undefined,
  code: RefusalCode = 'ParentNotFoundException',
): Root | Unit {
  if (target === undefined || target.type === 'ACCOUNT') throw new Refusal(code)
  return target
}

export function requireUnit(target: Target | undefined): Unit {
  if (target?.type !== 'ORGANIZATIONAL_UNIT') throw new Refusal('OrganizationalUnitNotFoundException')
  return target
}

export function requireAccount(target: Target | undefined): MemberAccount {
  if (target?.type !== 'ACCOUNT') throw new Refusal('AccountNotFoundException')
  return target
}

export function requireChild(target: Target | undefined): Unit | MemberAccount {
  if (target === undefined || target.type === 'ROOT') throw new Refusal('ChildNotFoundException')
  return target
}

export function requireTarget(target: Target | undefined): Target {
  if (target === undefined) throw new Refusal('TargetNotFoundException')
  return target
}

export function requireRoot(target: Target | undefined): Root {
  if (target?.type !== 'ROOT') throw new Refusal('RootNotFoundException')
  return target
}

export function requirePolicy(policy: Stored<OrganizationPolicy> | undefined): Stored<OrganizationPolicy> {
  if (policy === undefined) throw new Refusal('PolicyNotFoundException')
  return policy
}

/** A policy that somebody may change: those that AWS manages nobody may. */
export function requireOwnPolicy(policy: Stored<OrganizationPolicy> | undefined): Stored<OrganizationPolicy> {
  const found = requirePolicy(policy)
  if (!found.value.awsManaged) return found
  throw new Refusal(
    'InvalidInputException',
    "You specified a policy that is managed by AWS and can't be modified.",
    { reason: 'IMMUTABLE_POLICY' },
  )
}

/** A type of policies that decides about access here. */
export function requirePolicyType(name: string): OrganizationPolicyType {
  const type = findPolicyType(name)
  if (type === undefined) throw new Refusal('PolicyTypeNotAvailableForOrganizationException')
  return type
}
