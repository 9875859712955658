import type { PolicyKind } from '@claviger/policy'
import type { Chance } from '../base/chance.ts'
import { newLowerIdentifier } from './identifier.ts'
import type { Organization } from './organization.ts'
import type { Tag } from './tags.ts'

/** A policy of the organization. */
export interface OrganizationPolicy {
  readonly policyId: string
  readonly type: OrganizationPolicyType
  readonly name: string
  readonly description: string
  readonly text: string
  readonly tags: readonly Tag[]
  /** Whether AWS manages it, so that nobody can change it. */
  readonly awsManaged?: true
}

/** That a policy counts for a root, unit or account and everything below. */
export interface PolicyTarget {
  readonly targetId: string
  readonly policyId: string
}

/** What is particular to one type of policies. */
export interface PolicyTypeRules {
  /** What the engine calls such a policy. */
  readonly kind: Extract<PolicyKind, 'service-control-policy' | 'resource-control-policy'>
  /** Attached to everything as soon as the type is enabled, so that nothing changes by that alone. */
  readonly fullAccess: OrganizationPolicy
  /** Whether `fullAccess` stays attached whatever somebody asks. */
  readonly fullAccessStays: boolean
  readonly charactersMost: number
  /** How many may be attached to one target, and how many there may be. */
  readonly attachedMost: number
  readonly policiesMost: number
}

/** The types of policies that decide about access here; those that only configure AWS services have no meaning. */
export type OrganizationPolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'

/** A row per type, with its quotas as raised on 2026-05-15 (AWS Organizations User Guide, "Quotas"). */
export const policyTypes: Readonly<Record<OrganizationPolicyType, PolicyTypeRules>> = {
  SERVICE_CONTROL_POLICY: {
    kind: 'service-control-policy',
    fullAccess: fullAccess('SERVICE_CONTROL_POLICY', {
      name: 'FullAWSAccess',
      description: 'Allows access to every operation',
      text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    }),
    fullAccessStays: false,
    charactersMost: 10_240,
    attachedMost: 10,
    policiesMost: 10_000,
  },
  RESOURCE_CONTROL_POLICY: {
    kind: 'resource-control-policy',
    fullAccess: fullAccess('RESOURCE_CONTROL_POLICY', {
      name: 'RCPFullAWSAccess',
      description: 'Allows access to every resource',
      text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    }),
    fullAccessStays: true,
    charactersMost: 5120,
    attachedMost: 5,
    policiesMost: 1000,
  },
}

function fullAccess(
  type: OrganizationPolicyType,
  said: Pick<OrganizationPolicy, 'name' | 'description' | 'text'>,
): OrganizationPolicy {
  return { policyId: `p-${said.name}`, type, ...said, tags: [], awsManaged: true }
}

/** The type of that name; `undefined` for those that have no meaning here. */
export function findPolicyType(name: string): OrganizationPolicyType | undefined {
  return Object.hasOwn(policyTypes, name) ? (name as OrganizationPolicyType) : undefined
}

/** The policy that AWS manages under this id. */
export function findAwsPolicy(policyId: string): OrganizationPolicy | undefined {
  return Object.values(policyTypes).find((rules) => rules.fullAccess.policyId === policyId)?.fullAccess
}

export const newPolicyId = (chance: Chance) => newLowerIdentifier('p-', 8, chance)

/** What policies and denials call a policy of the organization. */
export function organizationPolicyArn(
  { policyId, type, awsManaged }: Pick<OrganizationPolicy, 'policyId' | 'type' | 'awsManaged'>,
  { organizationId, managementAccount }: Pick<Organization, 'organizationId' | 'managementAccount'>,
): string {
  const name = `${type.toLowerCase()}/${policyId}`
  return awsManaged
    ? `arn:aws:organizations::aws:policy/${name}`
    : `arn:aws:organizations::${managementAccount}:policy/${organizationId}/${name}`
}
