import type { Need } from '../access/need.ts'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type EntityKind, entityArn } from '../identity/entity.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Stored, ValueOf } from '../storage/store.ts'
import {
  declaredIam,
  type IamDeclaration,
  type IamInput,
  type IamName,
  type IamOutput,
  iamNeed,
} from './iam-operation.ts'
import type { Operation, Subject } from './operation.ts'

/** The user, group, role or instance profile an IAM operation works on, under the name of its kind. */
export type EntitySubject<K extends EntityKind> = Subject & { readonly [Kind in K]: Stored<ValueOf<Kind>> }

/** Whoever was named, there or not. */
export interface NamedEntity<K extends EntityKind> extends Subject {
  readonly name: string
  readonly found: Stored<ValueOf<K>> | undefined
}

/** [member of the input that names it, what denials call it, what AWS says when there is none]. */
const rows: Readonly<
  Record<EntityKind, readonly [member: string, noun: string, missing: (name: string) => string]>
> = {
  user: ['UserName', 'user', (name) => `The user with name ${name} cannot be found.`],
  group: ['GroupName', 'group', (name) => `The group with name ${name} cannot be found.`],
  role: ['RoleName', 'role', (name) => `The role with name ${name} cannot be found.`],
  instanceProfile: [
    'InstanceProfileName',
    'instance profile',
    (name) => `Instance Profile ${name} cannot be found.`,
  ],
}

/** What an input must have for an operation to be on an entity of a kind. */
export interface Naming {
  readonly user: { readonly UserName?: string }
  readonly group: { readonly GroupName: string }
  readonly role: { readonly RoleName: string }
  readonly instanceProfile: { readonly InstanceProfileName: string }
}

/** What differs between the operations on an entity: the shape of an ordinary operation's file. */
export interface OnEntity<N extends IamName, K extends EntityKind>
  extends IamDeclaration<N, EntitySubject<K>> {
  /** What the request says beyond the tags of what is named. */
  readonly facts?: (input: IamInput<N>, found: ValueOf<K> | undefined) => RequestFacts
  /** Under which other name or path it is asked for as well, since it is to have that. */
  readonly renamed?: (input: IamInput<N>) => { readonly name?: string; readonly path?: string }
  /** What must be true of it beyond being there. */
  readonly require?: (found: ValueOf<K>) => void
}

/**
 * The shape of operations on what a name means in the caller's account. Whether there is such a thing is said only to
 * those who may ask. The name of a user may be left out by a user who means himself, where the model lets it be.
 */
export function onEntity<K extends EntityKind>(kind: K) {
  return <N extends IamName>(
    operation: OnEntity<N, K> & (IamInput<N> extends Naming[K] ? unknown : never),
  ): Operation<IamInput<N>, IamOutput<N>, NamedEntity<K>> => ({
    ...declaredIam(operation),
    async find(input, call, { catalog }) {
      const name = nameMeant(kind, input, call)
      const found = await catalog.principals.byName(kind, call.caller.account, name)
      return { keys: [], name, found }
    },
    needs(input, { name, found }, call) {
      const facts = operation.facts?.(input, found?.value) ?? {}
      const asked = { kind, name, call, facts }
      const present = entityNeed(operation.name, { ...asked, found: found?.value })
      const { renamed } = operation
      if (renamed === undefined || found === undefined) return [present]
      return [present, entityNeed(operation.name, { ...asked, found: { ...found.value, ...renamed(input) } })]
    },
    require: (_input, { name, found }) => operation.require?.(requireThere(kind, name, found).value),
    handle: (handling) => {
      const { name, found } = handling.subject
      const entity = { [kind]: requireThere(kind, name, found) } as Record<K, Stored<ValueOf<K>>>
      return operation.handle({ ...handling, subject: { keys: [], ...entity } as EntitySubject<K> })
    },
  })
}

/** The name in an input; a user may leave out his own. @throws Refusal `ValidationException` */
export function nameMeant(kind: EntityKind, input: object, { caller }: Call): string {
  const name = (input as Readonly<Record<string, string | undefined>>)[rows[kind][0]]
  if (name !== undefined) return name
  if (caller.principal.kind === 'user' && caller.principal.name !== undefined) return caller.principal.name
  throw new Refusal('ValidationException', 'Must specify userName when calling with non-User credentials')
}

/** What an action on something named needs, whether or not it is there. */
export function entityNeed<K extends EntityKind>(
  action: string,
  {
    kind,
    name,
    found,
    call,
    facts,
  }: {
    readonly kind: K
    readonly name: string
    readonly found: ValueOf<K> | undefined
    readonly call: Call
    readonly facts: RequestFacts
  },
): Need {
  const tagged = found !== undefined && 'tags' in found ? { resourceTags: found.tags } : {}
  return iamNeed(action, {
    resource: entityArn(kind, found ?? { account: call.caller.account, path: '/', name }),
    shownAs: `${rows[kind][1]} ${found?.name ?? name}`,
    facts: { ...tagged, ...facts },
  })
}

/** @throws Refusal `NoSuchEntityException` */
export function requireThere<V>(kind: EntityKind, name: string, found: Stored<V> | undefined): Stored<V> {
  if (found !== undefined) return found
  throw new Refusal('NoSuchEntityException', rows[kind][2](name))
}

/** What a second name in a request means. @throws Refusal `NoSuchEntityException` */
export async function getEntity<K extends EntityKind>(
  kind: K,
  name: string,
  { call, catalog }: { readonly call: Call; readonly catalog: Catalog },
): Promise<Stored<ValueOf<K>>> {
  return requireThere(kind, name, await catalog.principals.byName(kind, call.caller.account, name))
}
