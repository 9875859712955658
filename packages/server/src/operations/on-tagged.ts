import type { RequestFacts } from '../call/facts.ts'
import type { Tag } from '../identity/tags.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Store, Stored } from '../storage/store.ts'
import {
  declaredIam,
  type IamDeclaration,
  type IamInput,
  type IamName,
  type IamOutput,
  iamNeed,
} from './iam-operation.ts'
import type { Operation, Subject } from './operation.ts'

/** What an operation on something with tags says beside what all of IAM's say. */
export interface OnTagged<N extends IamName, Found extends Subject> extends IamDeclaration<N, Found> {
  readonly facts?: (input: IamInput<N>) => RequestFacts
}

/** A kind of thing with tags that a member of the input names by its ARN. */
interface TaggedKind<Member extends string, Value, Found extends Subject> {
  readonly member: Member
  readonly find: (arn: string, account: string, store: Store) => Promise<Stored<Value> | undefined>
  /** What is said when it is not there. */
  readonly missing: (arn: string) => string
  readonly subject: (found: Stored<Value>) => Found
}

/** Whichever was named, there or not. */
export interface Named<Value> extends Subject {
  readonly found: Stored<Value> | undefined
}

/** IAM operations on one kind of thing with tags: asked about by its ARN and tags, and refused where it is not there. */
export function onTagged<
  Member extends string,
  Value extends { readonly tags: readonly Tag[] },
  Found extends Subject,
>(kind: TaggedKind<Member, Value, Found>) {
  const required = (arn: string, found: Stored<Value> | undefined): Stored<Value> => {
    if (found === undefined) throw new Refusal('NoSuchEntityException', kind.missing(arn))
    return found
  }
  return <N extends IamName>(
    operation: OnTagged<N, Found> & (IamInput<N> extends Record<Member, string> ? unknown : never),
  ): Operation<IamInput<N>, IamOutput<N>, Named<Value>> => {
    const arnIn = (input: IamInput<N>) => (input as Readonly<Record<Member, string>>)[kind.member]
    return {
      ...declaredIam(operation),
      async find(input, { caller: { account } }, { catalog }) {
        return { keys: [], found: await kind.find(arnIn(input), account, catalog.store) }
      },
      needs: (input, { found }) => [
        iamNeed(operation.name, {
          resource: arnIn(input),
          facts: { ...(found && { resourceTags: found.value.tags }), ...operation.facts?.(input) },
        }),
      ],
      require: (input, { found }) => void required(arnIn(input), found),
      handle: (handling) => {
        const subject = kind.subject(required(arnIn(handling.input), handling.subject.found))
        return operation.handle({ ...handling, subject })
      },
    }
  }
}
