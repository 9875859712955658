import { shownText } from '../../access/bound-policy.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { roleArn, type Role as StoredRole } from '../../identity/role.ts'
import { wireTags } from '../../identity/tags.ts'
import type { Role } from '../../protocol/models/iam.ts'
import { shownBoundary } from './boundary.ts'

/** A role as IAM shows it by itself. */
export async function roleDetail(role: StoredRole, catalog: Catalog): Promise<Role> {
  const lastUse = await catalog.lastUses.find(role.uniqueId)
  return {
    ...(await listedRole(role, catalog)),
    ...shownBoundary(role.boundary),
    ...wireTags(role.tags),
    RoleLastUsed: lastUse === undefined ? {} : { LastUsedDate: new Date(lastUse.at), Region: lastUse.region },
  }
}

/** A role as IAM shows it in lists. */
export async function listedRole(role: StoredRole, catalog: Catalog): Promise<Role> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: roleArn(role),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(await shownText(role.trustPolicy, 'trust-policy', catalog)),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
  }
}
