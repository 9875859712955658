import { newUniqueId } from '../../identity/unique-id.ts'
import { type User, userArn } from '../../identity/user.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import type { Operation, Subject } from '../operation.ts'
import { userDetail } from './user-detail.ts'

type Types = IamOperations['CreateUser']

export const createUser: Operation<Types['input'], Types['output'], Subject> = {
  service: 'iam',
  name: 'CreateUser',
  summary: 'Makes an IAM user, who can do nothing yet.',
  defaults: { Path: '/' },
  check(input) {
    if (input.PermissionsBoundary !== undefined) {
      throw new Refusal('InvalidInputException', 'Permissions boundaries are not supported.')
    }
    requireTags(input.Tags ?? [])
  },
  find: async () => ({ keys: [] }),
  needs: (input, _subject, call) => {
    const user = { account: call.caller.account, path: input.Path ?? '/', name: input.UserName }
    const tags = input.Tags?.map((tag) => ({ key: tag.Key, value: tag.Value }))
    const facts = tags === undefined ? {} : { requestTags: tags }
    const actions = ['iam:CreateUser', ...(tags === undefined || tags.length === 0 ? [] : ['iam:TagUser'])]
    return actions.map((action) => ({
      action,
      resource: userArn(user),
      named: 'by-caller' as const,
      facts,
    }))
  },
  require: () => undefined,
  async handle({ input, call, parts: { catalog, chance }, changes }) {
    const { account } = call.caller
    if (await catalog.principals.userByName(account, input.UserName)) {
      throw new Refusal('EntityAlreadyExistsException', `User with name ${input.UserName} already exists.`)
    }
    const user: User = {
      account,
      uniqueId: newUniqueId('AIDA', chance),
      name: input.UserName,
      path: input.Path ?? '/',
      createdAt: call.now,
      tags: (input.Tags ?? []).map((tag) => ({ key: tag.Key, value: tag.Value })),
    }
    changes.add('user', user)
    return { User: userDetail(user) }
  },
}

/** IAM compares tag keys without case, and keeps those that begin with `aws:` to itself. */
function requireTags(tags: readonly { readonly Key: string }[]): void {
  const keys = tags.map((tag) => tag.Key.toLowerCase())
  if (new Set(keys).size < keys.length) {
    throw new Refusal(
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
  }
  if (keys.some((key) => key.startsWith('aws:'))) {
    throw new Refusal('InvalidInputException', 'System tags cannot be added/updated/removed by users')
  }
}
