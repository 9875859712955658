import type { Need } from '../access/need.ts'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { IamOperations } from '../protocol/models/iam.ts'
import type { Handling, Operation, Subject } from './operation.ts'

/** An operation of IAM by its name; what goes in and comes out follows from that. */
export type IamName = keyof IamOperations
export type IamInput<N extends IamName> = IamOperations[N]['input']
export type IamOutput<N extends IamName> = IamOperations[N]['output']

/** What an IAM operation's file says, whatever it works on; the types follow from the name. */
export interface IamDeclaration<N extends IamName, Found extends Subject> {
  readonly name: N
  readonly summary: string
  readonly defaults?: Partial<IamInput<N>>
  readonly check?: (input: IamInput<N>) => void
  readonly handle: (handling: Handling<IamInput<N>, Found>) => Promise<IamOutput<N>>
}

/** What is the same for all IAM operations. */
export function declaredIam<N extends IamName>({
  name,
  summary,
  defaults,
  check,
}: Omit<IamDeclaration<N, Subject>, 'handle'>) {
  return {
    service: 'iam',
    name,
    summary,
    defaults: defaults ?? {},
    check: check ?? (() => undefined),
  } satisfies Partial<Operation<IamInput<N>, IamOutput<N>>>
}

/** What an IAM action is asked about: the ARN that policies see, and what a denial calls it where AWS uses no ARN. */
export interface Asked {
  readonly resource: string
  readonly shownAs?: string
  readonly facts?: RequestFacts
}

/** A need of the caller's own policies; no resource of IAM but a role has one. */
export function iamNeed(name: string, { resource, shownAs, facts = {} }: Asked): Need {
  return {
    action: `iam:${name}`,
    resource,
    named: 'by-caller',
    ...(shownAs !== undefined && { shownAs }),
    facts,
  }
}

/** How something new is asked about: it has no tags but those it is to get, and nobody has heard of its id. */
export interface NewThing {
  readonly resource: string
  readonly shownAs?: string
  /** The action that setting its tags takes, in addition. */
  readonly tagging?: string
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined
  readonly facts?: RequestFacts
}

/** The needs of making something: and of tagging it, where it is made with tags. */
export function needsToMake(
  name: string,
  { resource, shownAs, tagging, tags = [], facts = {} }: NewThing,
): Need[] {
  const requestTags = tags.map(({ Key: key, Value: value }) => ({ key, value }))
  const asked: Asked = {
    resource,
    ...(shownAs !== undefined && { shownAs }),
    facts: requestTags.length === 0 ? facts : { ...facts, requestTags },
  }
  const actions = tagging === undefined || tags.length === 0 ? [name] : [name, tagging]
  return actions.map((action) => iamNeed(action, asked))
}

interface OnIamAccount<N extends IamName> extends IamDeclaration<N, Subject> {
  readonly needs: (input: IamInput<N>, call: Call) => readonly Need[]
}

/** An IAM operation on nothing that is there already: it makes something, or is about the account. */
export function onIamAccount<N extends IamName>(
  operation: OnIamAccount<N>,
): Operation<IamInput<N>, IamOutput<N>, Subject> {
  return {
    ...declaredIam(operation),
    find: async () => ({ keys: [] }),
    needs: (input, _subject, call) => operation.needs(input, call),
    require: () => undefined,
    handle: operation.handle,
  }
}
