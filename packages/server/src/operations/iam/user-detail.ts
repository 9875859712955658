import { type User as StoredUser, userArn } from '../../identity/user.ts'
import type { User } from '../../protocol/models/iam.ts'

/** A user as IAM shows it. */
export function userDetail(user: StoredUser): User {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: userArn(user),
    CreateDate: new Date(user.createdAt),
    ...(user.tags.length === 0 ? {} : { Tags: user.tags.map((tag) => ({ Key: tag.key, Value: tag.value })) }),
  }
}
