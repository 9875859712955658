import { rootArn } from '../identity/account.ts'
import type { User } from '../identity/user.ts'
import type { Stored } from '../storage/store.ts'
import {
  declaredIam,
  type IamDeclaration,
  type IamInput,
  type IamName,
  type IamOutput,
  iamNeed,
} from './iam-operation.ts'
import { entityNeed, nameMeant, requireThere } from './on-entity.ts'
import type { Operation, Subject } from './operation.ts'

/** Whose credentials an IAM operation is about. */
export interface CredentialHolder extends Subject {
  readonly account: string
  /** A user's unique id, or `root`. */
  readonly ownerId: string
  /** The root user has none. */
  readonly name: string | undefined
}

/** Whoever was named, there or not; without a name the root user. */
export interface NamedHolder extends Subject {
  readonly name: string | undefined
  readonly found: Stored<User> | undefined
}

/** An IAM operation on a user. Without a name it is about the caller, who may be the root user. */
export function onUserOrRoot<N extends IamName>(
  operation: IamDeclaration<N, CredentialHolder> &
    (IamInput<N> extends { readonly UserName?: string | undefined } ? unknown : never),
): Operation<IamInput<N>, IamOutput<N>, NamedHolder> {
  return {
    ...declaredIam(operation),
    async find(input, call, { catalog }) {
      const { principal, account } = call.caller
      const isForRoot = principal.kind === 'root' && (input as { UserName?: string }).UserName === undefined
      if (isForRoot) return { keys: [], name: undefined, found: undefined }
      const name = nameMeant('user', input, call)
      return { keys: [], name, found: await catalog.principals.byName('user', account, name) }
    },
    needs: (_input, { name, found }, call) => [
      name === undefined
        ? iamNeed(operation.name, { resource: rootArn(call.caller.account) })
        : entityNeed(operation.name, { kind: 'user', name, found: found?.value, call, facts: {} }),
    ],
    require: (_input, { name, found }) => void (name !== undefined && requireThere('user', name, found)),
    handle: (handling) =>
      operation.handle({ ...handling, subject: holderOf(handling.subject, handling.call) }),
  }
}

function holderOf(
  { name, found }: NamedHolder,
  { caller: { account } }: { readonly caller: { readonly account: string } },
): CredentialHolder {
  if (name === undefined) return { keys: [], account, ownerId: 'root', name }
  const user = requireThere('user', name, found).value
  return { keys: [], account, ownerId: user.uniqueId, name: user.name }
}
