import { Refusal } from '../protocol/errors.ts'

/** [AWS's own number, whether AWS raises it for those who ask, and a file of quotas may say another]. */
type Row = readonly [most: number, adjustable?: 'adjustable']

/** How many there may be (IAM User Guide, "IAM and AWS STS quotas"), by the name that a refusal has for it. */
const rows = {
  UsersPerAccount: [5000],
  GroupsPerAccount: [300, 'adjustable'],
  RolesPerAccount: [1000, 'adjustable'],
  InstanceProfilesPerAccount: [1000, 'adjustable'],
  PoliciesPerAccount: [1500, 'adjustable'],
  AliasesPerAccount: [1],
  AccessKeysPerUser: [2],
  MFADevicesPerUser: [8],
  OpenIdConnectProvidersPerAccount: [100, 'adjustable'],
  ClientIdsPerOpenIdConnectProvider: [100],
  ThumbprintsPerOpenIdConnectProvider: [5],
  GroupsPerUser: [10],
  PoliciesPerUser: [10, 'adjustable'],
  PoliciesPerGroup: [10],
  PoliciesPerRole: [10, 'adjustable'],
  VersionsPerPolicy: [5],
  InstanceSessionsPerInstanceProfile: [1],
  /** Characters, white space not counted. */
  PolicySize: [6144],
  UserPolicySize: [2048],
  GroupPolicySize: [5120],
  RolePolicySize: [10_240],
  ACLSizePerRole: [2048, 'adjustable'],
} as const satisfies Readonly<Record<string, Row>>

/** What IAM calls a quota when it is reached. */
export type QuotaName = keyof typeof rows

type AdjustableName = {
  [N in QuotaName]: (typeof rows)[N] extends readonly [number, 'adjustable'] ? N : never
}[QuotaName]
type FixedName = Exclude<QuotaName, AdjustableName>

/** The quotas that a file may adjust: those of accounts, since IAM has no Regions. */
export const adjustableIamQuotas: readonly string[] = (
  Object.entries(rows) as readonly (readonly [string, Row])[]
)
  .filter(([, [, adjustable]]) => adjustable !== undefined)
  .map(([name]) => name)

/** Whose quotas are asked for, and what these were adjusted to. */
export interface QuotaScope {
  readonly account: string
  readonly limits: { find(quota: string, place: { account: string; region: string }): number | undefined }
}

/** How many there may be. */
export function quotaOf(name: FixedName): number
export function quotaOf(name: QuotaName, scope: QuotaScope): number
export function quotaOf(name: QuotaName, scope?: QuotaScope): number {
  return mostOf(name, scope)
}

function mostOf(name: QuotaName, scope: QuotaScope | undefined): number {
  return scope?.limits.find(name, { account: scope.account, region: everywhere }) ?? rows[name][0]
}

const everywhere = ''

/** Refuses to make one more than there may be. @throws Refusal `LimitExceededException` */
export function requireRoom(name: FixedName, count: number): void
export function requireRoom(name: QuotaName, count: number, scope: QuotaScope): void
export function requireRoom(name: QuotaName, count: number, scope?: QuotaScope): void {
  const most = mostOf(name, scope)
  if (count >= most) throw overQuota(name, most)
}

/** @throws Refusal `LimitExceededException` */
export function requireSize(name: 'PolicySize', text: string): void
export function requireSize(name: 'ACLSizePerRole', text: string, scope: QuotaScope): void
export function requireSize(name: QuotaName, text: string, scope?: QuotaScope): void {
  const most = mostOf(name, scope)
  if (sizeOf(text) > most) throw overQuota(name, most)
}

function overQuota(name: QuotaName, most: number): Refusal {
  return new Refusal('LimitExceededException', `Cannot exceed quota for ${name}: ${most}`)
}

/** A policy's size as IAM counts it. */
export function sizeOf(text: string): number {
  return text.replaceAll(/\s/g, '').length
}
