import { rootArn } from '../../identity/account.ts'
import { type User, userArn } from '../../identity/user.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import type { Stored } from '../../storage/store.ts'
import { requireUser } from '../on-user.ts'
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
      user: name === undefined ? undefined : await catalog.principals.userByName(account, name),
    }
  },
  needs: (_input, { name, user }, { caller: { account } }) => [
    {
      action: 'iam:GetUser',
      resource: name === undefined ? rootArn(account) : userArn(user?.value ?? { account, path: '/', name }),
      named: 'by-caller',
      facts: {},
    },
  ],
  require: (_input, { name, user }) => void (name !== undefined && requireUser(user, name)),
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
