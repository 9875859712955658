import { rootArn } from '../../identity/account.ts'
import type { User } from '../../identity/user.ts'
import { userArn } from '../../identity/user.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import { findUser } from '../on-user.ts'
import type { Operation, Subject } from '../operation.ts'
import { userDetail } from './user-detail.ts'

type Types = IamOperations['GetUser']

/** Without a name this is about the caller, who may be the root user: that one has no record. */
interface Asked extends Subject {
  readonly user: User | undefined
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
    return { keys: [], user: name === undefined ? undefined : (await findUser(account, name, catalog)).value }
  },
  needs: (_input, { user }, call) => [
    {
      action: 'iam:GetUser',
      resource: user === undefined ? rootArn(call.caller.account) : userArn(user),
      named: 'by-caller',
      facts: {},
    },
  ],
  require: () => undefined,
  async handle({ subject: { user }, call, parts: { catalog } }) {
    if (user !== undefined) return { User: userDetail(user) }
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
