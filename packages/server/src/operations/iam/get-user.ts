import { rootArn } from '../../identity/account.ts'
import type { User } from '../../identity/user.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import type { Stored } from '../../storage/store.ts'
import { iamNeed } from '../iam-operation.ts'
import { entityNeed, requireThere } from '../on-entity.ts'
import type { Operation, Subject } from '../operation.ts'
import { userDetail } from './user-detail.ts'

type Types = IamOperations['GetUser']

/** Without a name this is about the caller, who may be the root user: that one has no name and no record. */
interface Asked extends Subject {
  readonly name: string | undefined
  readonly user: Stored<User> | undefined
}

export const getUser: Operation<Types['input'], Types['output'], Asked> = {
  service: 'iam',
  name: 'GetUser',
  summary: 'Shows a user, or who is asking.',
  defaults: {},
  check: () => undefined,
  async find(input, call, { catalog }) {
    const { principal, account } = call.caller
    const name = input.UserName ?? (principal.kind === 'user' ? principal.name : undefined)
    return {
      keys: [],
      name,
      user: name === undefined ? undefined : await catalog.principals.byName('user', account, name),
    }
  },
  needs: (_input, { name, user }, call) => [
    name === undefined
      ? iamNeed('GetUser', { resource: rootArn(call.caller.account) })
      : entityNeed('GetUser', { kind: 'user', name, found: user?.value, call, facts: {} }),
  ],
  require: (_input, { name, user }) => void (name !== undefined && requireThere('user', name, user)),
  async handle({ subject: { user }, call, parts: { catalog } }) {
    if (user !== undefined) return { User: userDetail(user.value) }
    const { account } = call.caller
    const createdAt = (await catalog.store.find('account', [account]))?.value.createdAt ?? 0
    return {
      User: {
        Path: '/',
        UserName: 'root',
        UserId: account,
        Arn: rootArn(account),
        CreateDate: new Date(createdAt),
      },
    }
  },
}
