import { wireTags } from '../../identity/tags.ts'
import { type User as StoredUser, userArn } from '../../identity/user.ts'
import type { User } from '../../protocol/models/iam.ts'
import { shownBoundary } from './boundary.ts'

/** A user as IAM shows it by itself. */
export function userDetail(user: StoredUser): User {
  return { ...listedUser(user), ...shownBoundary(user.boundary), ...wireTags(user.tags) }
}

/** A user as IAM shows it in lists. */
export function listedUser(user: StoredUser): User {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: userArn(user),
    CreateDate: new Date(user.createdAt),
  }
}
