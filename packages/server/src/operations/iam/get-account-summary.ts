import { type QuotaScope, quotaOf } from '../../identity/quotas.ts'
import type { Kind } from '../../storage/store.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'

/** What is counted: [name in the summary, stored kind]. */
const counted = [
  ['Users', 'user'],
  ['Groups', 'group'],
  ['Roles', 'role'],
  ['InstanceProfiles', 'instanceProfile'],
  ['Policies', 'managedPolicy'],
  ['MFADevices', 'mfaDevice'],
  ['Providers', 'openIdProvider'],
] as const satisfies readonly (readonly [string, Kind])[]

/** What is nowhere here, and so counts nothing. */
const absent = [
  'ServerCertificates',
  'AccountMFAEnabled',
  'AccountPasswordPresent',
  'AccountSigningCertificatesPresent',
] as const

const quotasOf = (scope: QuotaScope) => ({
  UsersQuota: quotaOf('UsersPerAccount', scope),
  GroupsQuota: quotaOf('GroupsPerAccount', scope),
  RolesQuota: quotaOf('RolesPerAccount', scope),
  InstanceProfilesQuota: quotaOf('InstanceProfilesPerAccount', scope),
  PoliciesQuota: quotaOf('PoliciesPerAccount', scope),
  AccessKeysPerUserQuota: quotaOf('AccessKeysPerUser', scope),
  GroupsPerUserQuota: quotaOf('GroupsPerUser', scope),
  AttachedPoliciesPerUserQuota: quotaOf('PoliciesPerUser', scope),
  AttachedPoliciesPerGroupQuota: quotaOf('PoliciesPerGroup', scope),
  AttachedPoliciesPerRoleQuota: quotaOf('PoliciesPerRole', scope),
  VersionsPerPolicyQuota: quotaOf('VersionsPerPolicy', scope),
  PolicySizeQuota: quotaOf('PolicySize', scope),
  UserPolicySizeQuota: quotaOf('UserPolicySize', scope),
  GroupPolicySizeQuota: quotaOf('GroupPolicySize', scope),
  RolePolicySizeQuota: quotaOf('RolePolicySize', scope),
  AssumeRolePolicySizeQuota: quotaOf('ACLSizePerRole', scope),
})

export const getAccountSummary = onIamAccount({
  name: 'GetAccountSummary',
  summary: 'Counts what the account has, beside what it can have.',
  needs: () => [iamNeed('GetAccountSummary', { resource: '*' })],
  async handle({ call, parts: { catalog, limits } }) {
    const { account } = call.caller
    const prefix = [account]
    const everything = { prefix, limit: Number.MAX_SAFE_INTEGER }
    const counts = counted.map(
      async ([name, kind]) => [name, await catalog.store.count(kind, { prefix })] as const,
    )
    const policies = await catalog.store.list('managedPolicy', everything)
    const rootKeys = { index: 'owner', prefix: [...prefix, 'root'] } as const
    return {
      SummaryMap: {
        ...Object.fromEntries(await Promise.all(counts)),
        ...Object.fromEntries(absent.map((name) => [name, 0])),
        MFADevicesInUse: await catalog.store.count('mfaDevice', { index: 'user', prefix }),
        AccountAccessKeysPresent: Math.min(await catalog.store.count('accessKey', rootKeys), 1),
        PolicyVersionsInUse: policies.reduce((sum, { value }) => sum + value.versions.length, 0),
        ...quotasOf({ account, limits }),
      },
    }
  },
})
