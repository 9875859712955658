import type { Catalog } from '../../catalog/catalog.ts'
import { groupsOf, heldPolicies, type PolicyOwner } from '../../catalog/held-policies.ts'
import type { Group } from '../../identity/group.ts'
import type { ManagedPolicy } from '../../identity/managed-policy.ts'
import { policyArn } from '../../identity/managed-policy.ts'
import type { Role } from '../../identity/role.ts'
import type { User } from '../../identity/user.ts'
import type { GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail } from '../../protocol/models/iam.ts'
import { attachedPolicy } from './attachments.ts'
import { groupDetail } from './group-detail.ts'
import { instanceProfileDetail } from './instance-profile-detail.ts'
import { listedPolicy, policyUse, versionDetail } from './policy-detail.ts'
import { roleDetail } from './role-detail.ts'
import { userDetail } from './user-detail.ts'

/** A user as GetAccountAuthorizationDetails shows it: with all that says what it may. */
export async function fullUser(user: User, catalog: Catalog): Promise<UserDetail> {
  const { inline, attached } = await policiesOf(user, catalog)
  const groups = await groupsOf(user, catalog.store)
  return {
    ...userDetail(user),
    UserPolicyList: inline,
    GroupList: groups.map(({ value }) => value.name),
    AttachedManagedPolicies: attached,
  }
}

/** A group, shown as whole. */
export async function fullGroup(group: Group, catalog: Catalog): Promise<GroupDetail> {
  const { inline, attached } = await policiesOf(group, catalog)
  return { ...groupDetail(group), GroupPolicyList: inline, AttachedManagedPolicies: attached }
}

/** A role, shown as whole. */
export async function fullRole(role: Role, catalog: Catalog): Promise<RoleDetail> {
  const { inline, attached } = await policiesOf(role, catalog)
  const {
    Description: _description,
    MaxSessionDuration: _duration,
    ...detail
  } = await roleDetail(role, catalog)
  const profiles = await catalog.store.list('instanceProfile', {
    index: 'role',
    prefix: [role.account, role.uniqueId],
    limit: Number.MAX_SAFE_INTEGER,
  })
  return {
    ...detail,
    InstanceProfileList: await Promise.all(
      profiles.map(({ value }) => instanceProfileDetail(value, catalog)),
    ),
    RolePolicyList: inline,
    AttachedManagedPolicies: attached,
  }
}

/** A managed policy, with all its versions. */
export async function fullPolicy(
  policy: ManagedPolicy,
  account: string,
  catalog: Catalog,
): Promise<ManagedPolicyDetail> {
  const { description } = policy
  return {
    ...listedPolicy(policy, await policyUse(policyArn(policy), account, catalog.store)),
    ...(description !== undefined && { Description: description }),
    PolicyVersionList: policy.versions.map((version) => ({
      Document: encodeURIComponent(version.text),
      ...versionDetail(policy, version),
    })),
  }
}

async function policiesOf(owner: PolicyOwner, catalog: Catalog) {
  const { inline, managed } = await heldPolicies(owner, catalog.store)
  return {
    inline: inline.map(({ name, text }) => ({
      PolicyName: name,
      PolicyDocument: encodeURIComponent(text),
    })),
    attached: managed.map(attachedPolicy),
  }
}
