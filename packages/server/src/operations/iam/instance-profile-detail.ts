import type { Catalog } from '../../catalog/catalog.ts'
import { entityArn } from '../../identity/entity.ts'
import type { InstanceProfile as StoredProfile } from '../../identity/instance-profile.ts'
import { wireTags } from '../../identity/tags.ts'
import type { InstanceProfile } from '../../protocol/models/iam.ts'
import { listedRole } from './role-detail.ts'

/** An instance profile as IAM shows it, with its role. */
export async function instanceProfileDetail(
  profile: StoredProfile,
  catalog: Catalog,
): Promise<InstanceProfile> {
  const { account, roleId } = profile
  const role = roleId === undefined ? undefined : await catalog.principals.roleById(account, roleId)
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.uniqueId,
    Arn: entityArn('instanceProfile', profile),
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [await listedRole(role.value, catalog)],
    ...wireTags(profile.tags),
  }
}
