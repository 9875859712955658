import { entityArn } from '../../identity/entity.ts'
import type { Group as StoredGroup } from '../../identity/group.ts'
import type { Group } from '../../protocol/models/iam.ts'

/** A group as IAM shows it. */
export function groupDetail(group: StoredGroup): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.uniqueId,
    Arn: entityArn('group', group),
    CreateDate: new Date(group.createdAt),
  }
}
