import { readTags } from '../../identity/tags.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { type User, userArn } from '../../identity/user.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { boundaryFacts, checkBoundary, requireBoundary } from './boundary.ts'
import { requireRoomForNew } from './new-entity.ts'
import { userDetail } from './user-detail.ts'

export const createUser = onIamAccount({
  name: 'CreateUser',
  summary: 'Makes an IAM user, who can do nothing yet.',
  defaults: { Path: '/' },
  check(input) {
    checkBoundary(input)
    readTags(input.Tags)
  },
  needs: (input, { caller: { account } }) =>
    needsToMake('CreateUser', {
      resource: userArn({ account, path: input.Path ?? '/', name: input.UserName }),
      tagging: 'TagUser',
      tags: input.Tags,
      facts: boundaryFacts(input.PermissionsBoundary),
    }),
  async handle({ input, call, parts, changes }) {
    const { chance } = parts
    const { account } = call.caller
    const { UserName: name, PermissionsBoundary: boundary } = input
    await requireRoomForNew('user', { account, name }, parts)
    if (boundary !== undefined) await requireBoundary(boundary, { account, parts, changes })
    const user: User = {
      account,
      uniqueId: newUniqueId('user', chance),
      name,
      path: input.Path ?? '/',
      createdAt: call.now,
      tags: readTags(input.Tags),
      ...(boundary !== undefined && { boundary }),
    }
    changes.add('user', user)
    return { User: userDetail(user) }
  },
})
