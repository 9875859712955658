import { type User, userArn } from '../identity/user.ts'
import { Refusal } from '../protocol/errors.ts'
import type { IamOperations } from '../protocol/models/iam.ts'
import type { Stored } from '../storage/store.ts'
import type { Handling, Operation, Subject } from './operation.ts'

/** The user an IAM operation works on. */
export interface UserSubject extends Subject {
  readonly user: Stored<User>
}

type Name = keyof IamOperations
type InputOf<N extends Name> = IamOperations[N]['input']

interface OnUser<N extends Name> {
  readonly name: N
  readonly summary: string
  readonly check?: (input: InputOf<N>) => void
  readonly handle: (handling: Handling<InputOf<N>, UserSubject>) => Promise<IamOperations[N]['output']>
}

/** The user that was named, there or not. */
export interface NamedUser extends Subject {
  readonly name: string
  readonly user: Stored<User> | undefined
}

/**
 * An IAM operation on the user that its `UserName` names, or on the caller where the operation lets it be left out.
 * Whether there is such a user is said only to those who may ask.
 */
export function onUser<N extends Name>(
  operation: OnUser<N> & (InputOf<N> extends { UserName?: string } ? unknown : never),
): Operation<InputOf<N>, IamOperations[N]['output'], NamedUser> {
  return {
    service: 'iam',
    name: operation.name,
    summary: operation.summary,
    defaults: {},
    check: operation.check ?? (() => undefined),
    async find(input, call, { catalog }) {
      const { principal, account } = call.caller
      const name =
        (input as { UserName?: string }).UserName ?? (principal.kind === 'user' ? principal.name : undefined)
      if (name === undefined) {
        throw new Refusal(
          'ValidationException',
          'Must specify userName when calling with non-User credentials',
        )
      }
      return { keys: [], name, user: await catalog.principals.userByName(account, name) }
    },
    needs: (_input, { name, user }, call) => [
      {
        action: `iam:${operation.name}`,
        resource: userArn(user?.value ?? { account: call.caller.account, path: '/', name }),
        named: 'by-caller',
        facts: {},
      },
    ],
    require: (_input, { name, user }) => void requireUser(user, name),
    handle: (handling) =>
      operation.handle({
        ...handling,
        subject: { keys: [], user: requireUser(handling.subject.user, handling.subject.name) },
      }),
  }
}

/** @throws Refusal `NoSuchEntityException` */
export function requireUser(user: Stored<User> | undefined, name: string): Stored<User> {
  if (user !== undefined) return user
  throw new Refusal('NoSuchEntityException', `The user with name ${name} cannot be found.`)
}
