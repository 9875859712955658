import type { Catalog } from '../catalog/catalog.ts'
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

/** An IAM operation on the user that its `UserName` names, or on the caller where the operation lets it be left out. */
export function onUser<N extends Name>(
  operation: OnUser<N> & (InputOf<N> extends { UserName?: string } ? unknown : never),
): Operation<InputOf<N>, IamOperations[N]['output'], UserSubject> {
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
      if (name === undefined)
        throw new Refusal(
          'ValidationException',
          'Must specify userName when calling with non-User credentials',
        )
      return { keys: [], user: await findUser(account, name, catalog) }
    },
    needs: (_input, { user }) => [
      { action: `iam:${operation.name}`, resource: userArn(user.value), named: 'by-caller', facts: {} },
    ],
    require: () => undefined,
    handle: operation.handle,
  }
}

/** @throws Refusal `NoSuchEntityException` */
export async function findUser(account: string, name: string, catalog: Catalog): Promise<Stored<User>> {
  const user = await catalog.userByName(account, name)
  if (user === undefined) {
    throw new Refusal('NoSuchEntityException', `The user with name ${name} cannot be found.`)
  }
  return user
}
