import { Refusal } from '../protocol/errors.ts'

/** How many there may be (IAM User Guide, "IAM and AWS STS quotas"): name in refusals, and AWS's default value. */
const rows = {
  UsersPerAccount: 5000,
  GroupsPerAccount: 300,
  RolesPerAccount: 1000,
  InstanceProfilesPerAccount: 1000,
  PoliciesPerAccount: 1500,
  AliasesPerAccount: 1,
  AccessKeysPerUser: 2,
  MFADevicesPerUser: 8,
  OpenIdConnectProvidersPerAccount: 100,
  ClientIdsPerOpenIdConnectProvider: 100,
  ThumbprintsPerOpenIdConnectProvider: 5,
  GroupsPerUser: 10,
  PoliciesPerUser: 10,
  PoliciesPerGroup: 10,
  PoliciesPerRole: 10,
  VersionsPerPolicy: 5,
  InstanceSessionsPerInstanceProfile: 1,
  /** Characters, white space not counted. */
  PolicySize: 6144,
  UserPolicySize: 2048,
  GroupPolicySize: 5120,
  RolePolicySize: 10_240,
  ACLSizePerRole: 2048,
} as const

/** What IAM calls a quota when it is reached. */
export type QuotaName = keyof typeof rows

/** How many there may be. */
export function quotaOf(name: QuotaName): number {
  return rows[name]
}

/** Refuses to make one more than there may be. @throws Refusal `LimitExceededException` */
export function requireRoom(name: QuotaName, count: number): void {
  if (count >= rows[name]) throw overQuota(name)
}

/** @throws Refusal `LimitExceededException` */
export function requireSize(name: 'PolicySize' | 'ACLSizePerRole', text: string): void {
  if (sizeOf(text) > rows[name]) throw overQuota(name)
}

function overQuota(name: QuotaName): Refusal {
  return new Refusal('LimitExceededException', `Cannot exceed quota for ${name}: ${rows[name]}`)
}

/** A policy's size as IAM counts it. */
export function sizeOf(text: string): number {
  return text.replaceAll(/\s/g, '').length
}
