import type { Caller } from '../call/call.ts'
import { servicePrincipalOf } from '../call/via-service.ts'
import { rootArn } from '../identity/account.ts'
import { type EntityKind, entityArn } from '../identity/entity.ts'
import { type Role, roleArn, sessionArn } from '../identity/role.ts'
import type { ServiceCredential } from '../identity/service-principal.ts'
import { type User, userArn } from '../identity/user.ts'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Store, Stored, ValueOf } from '../storage/store.ts'
import { type Permissions, readPermissions } from './permissions.ts'
import type { Policies } from './policies.ts'

/** Who holds an access key, and the secret that proves it. */
export interface Holder {
  readonly caller: Caller
  readonly secretAccessKey: string
  readonly active: boolean
}

/** A holder kept ready: as long as its user's permissions are those it was made with. */
interface KeptHolder extends Holder {
  readonly userId?: string
  readonly permissions?: Permissions
}

/** Somebody's session of a role, as the credentials for it say. */
export interface RoleSession {
  readonly account: string
  readonly roleId: string
  readonly sessionName: string
  readonly accessKeyId: string
}

/** Access keys whose holders, and users and roles whose permissions, are kept ready. */
const keptMost = 20_000

interface Ground {
  readonly store: Store
  readonly safe: Safe
  readonly policies: Policies
  /** Moves with every commit: what was read under an older number may be old and is not kept. */
  readonly generation: () => number
}

/** Who there is: accounts, users, groups, roles and the holders of access keys. */
export class Principals {
  readonly #ground: Ground
  readonly #holders = new CountedCache<string, KeptHolder>('access_keys', keptMost)
  readonly #permissions = new CountedCache<string, Permissions>('permissions', keptMost)

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Who holds an access key, with the policies that speak for it; `undefined` for an unknown one. */
  async holder(accessKeyId: string): Promise<Holder | undefined> {
    return this.keptHolder(accessKeyId) ?? (await this.#readHolder(accessKeyId))
  }

  /** The same where nothing has to be read for it. */
  keptHolder(accessKeyId: string): Holder | undefined {
    const kept = this.#holders.get(accessKeyId)
    const isCurrent =
      kept !== undefined &&
      (kept.userId === undefined || this.#permissions.get(kept.userId) === kept.permissions)
    return isCurrent ? kept : undefined
  }

  async #readHolder(accessKeyId: string): Promise<Holder | undefined> {
    const generation = this.#ground.generation()
    const stored = await this.#ground.store.find('accessKey', [accessKeyId])
    if (stored === undefined) return this.#readService(accessKeyId)
    const { account, owner, status } = stored.value
    const secret = {
      secretAccessKey: this.#ground.safe.openSecretAccessKey(stored.value),
      active: status === 'Active',
    }
    const holder = await this.#heldBy(owner, { account, accessKeyId }, secret)
    if (holder !== undefined && generation === this.#ground.generation())
      this.#holders.set(accessKeyId, holder)
    return holder
  }

  async #readService(accessKeyId: string): Promise<Holder | undefined> {
    const generation = this.#ground.generation()
    const stored = await this.#ground.store.find('serviceCredential', [accessKeyId])
    if (stored === undefined) return undefined
    const holder = {
      caller: serviceCaller(stored.value),
      secretAccessKey: this.#ground.safe.openServiceSecret(stored.value),
      active: true,
    }
    if (generation === this.#ground.generation()) this.#holders.set(accessKeyId, holder)
    return holder
  }

  async #heldBy(
    owner: string,
    { account, accessKeyId }: { account: string; accessKeyId: string },
    secret: Pick<Holder, 'secretAccessKey' | 'active'>,
  ): Promise<KeptHolder | undefined> {
    if (owner === 'root') return { caller: rootCaller(account, accessKeyId), ...secret }
    const user = await this.#ground.store.find('user', [account, owner])
    if (user === undefined) return undefined
    const permissions = await this.permissions('user', user.value)
    const caller = {
      principal: userPrincipal(user.value),
      account,
      accessKeyId,
      ...policiesIn(permissions),
      tags: user.value.tags,
    }
    return { caller, ...secret, userId: owner, permissions }
  }

  /**
   * The caller behind a session of a role, with what the role is allowed now; `undefined` once the role is gone.
   * What the session itself adds or takes away is for whoever knows the session.
   */
  async callerOfRole({
    account,
    roleId,
    sessionName,
    accessKeyId,
  }: RoleSession): Promise<Caller | undefined> {
    const role = (await this.roleById(account, roleId))?.value
    return role && this.callerAs(role, { sessionName, accessKeyId })
  }

  async callerAs(
    role: Role,
    { sessionName, accessKeyId }: Pick<RoleSession, 'sessionName' | 'accessKeyId'>,
  ): Promise<Caller> {
    return {
      principal: {
        kind: 'assumed-role',
        arn: sessionArn(role, sessionName),
        roleArn: roleArn(role),
        account: role.account,
        roleId: role.uniqueId,
        sessionName,
        ...(role.linkedService !== undefined && { serviceLinked: true }),
      },
      account: role.account,
      accessKeyId,
      ...policiesIn(await this.permissions('role', role)),
      tags: role.tags,
    }
  }

  /** What is kept ready of them, as long as nothing has changed. */
  keptPermissions(uniqueId: string): Permissions | undefined {
    return this.#permissions.get(uniqueId)
  }

  /** What says what a user or role is allowed, in the form that serves. */
  async permissions(kind: 'user' | 'role', holder: User | Role): Promise<Permissions> {
    const kept = this.#permissions.get(holder.uniqueId)
    if (kept !== undefined) return kept
    const generation = this.#ground.generation()
    const permissions = await readPermissions(kind, holder, this.#ground)
    if (generation === this.#ground.generation()) this.#permissions.set(holder.uniqueId, permissions)
    return permissions
  }

  /** The user or role an ARN names today, by unique id: what policies and grants are bound to. */
  async uniqueIdOf(arn: string): Promise<string | undefined> {
    return (await this.userByArn(arn))?.uniqueId ?? (await this.roleByArn(arn))?.uniqueId
  }

  /** Whether a user or role of this unique id exists. Unique ids say nothing of their account. */
  async hasUniqueId(uniqueId: string): Promise<boolean> {
    return (await this.arnOf(uniqueId)) !== undefined
  }

  /** The ARN that the user or role of this unique id has today. */
  async arnOf(uniqueId: string): Promise<string | undefined> {
    const byId = { index: 'uniqueId', prefix: [uniqueId], limit: 1 } as const
    const [user] = await this.#ground.store.list('user', byId)
    if (user !== undefined) return userArn(user.value)
    const [role] = await this.#ground.store.list('role', byId)
    return role && roleArn(role.value)
  }

  async userByArn(arn: string): Promise<User | undefined> {
    return (await this.byArn('user', arn))?.value
  }

  async roleByArn(arn: string): Promise<Role | undefined> {
    return (await this.byArn('role', arn))?.value
  }

  async roleById(account: string, uniqueId: string): Promise<Stored<Role> | undefined> {
    return this.#ground.store.find('role', [account, uniqueId])
  }

  /** What an ARN names, path and case included. */
  async byArn<K extends EntityKind>(kind: K, arn: string): Promise<Stored<ValueOf<K>> | undefined> {
    const [, account, name] = /^arn:aws:iam::(\d{12}):[a-z-]+\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
    if (account === undefined || name === undefined) return undefined
    const stored = await this.byName(kind, account, name)
    return stored !== undefined && entityArn(kind, stored.value) === arn ? stored : undefined
  }

  /** What a name means in an account, in whatever case. */
  async byName<K extends EntityKind>(
    kind: K,
    account: string,
    name: string,
  ): Promise<Stored<ValueOf<K>> | undefined> {
    const query = { index: 'name', prefix: [account, name.toLowerCase()], limit: 1 } as const
    const [stored] = await this.#ground.store.list(kind as 'user', query)
    return stored as Stored<ValueOf<K>> | undefined
  }

  async hasAccount(accountId: string): Promise<boolean> {
    return (await this.#ground.store.find('account', [accountId])) !== undefined
  }

  caches(): readonly CacheReading[] {
    return [this.#holders.reading(), this.#permissions.reading()]
  }

  /** An access key is not to be relied on: it has changed. */
  forgetAccessKey(accessKeyId: string): void {
    this.#holders.delete(accessKeyId)
  }

  /** A user or role is not to be relied on: it, or its own policies, have changed. */
  forgetHolder(uniqueId: string): void {
    this.#permissions.delete(uniqueId)
  }

  /** A group or managed policy has changed: nobody who has to do with it is to be relied on. */
  forgetHoldersOf(name: string): void {
    for (const [uniqueId, { madeOf }] of this.#permissions.entries()) {
      if (madeOf.has(name)) this.#permissions.delete(uniqueId)
    }
  }
}

function policiesIn({
  identityPolicies,
  boundary,
}: Permissions): Pick<Caller, 'identityPolicies' | 'boundary'> {
  return { identityPolicies, ...(boundary && { boundary }) }
}

/** The root user of an account, by credentials of its own or for a task. */
export function rootCaller(account: string, accessKeyId: string): Caller {
  return {
    principal: { kind: 'root', arn: rootArn(account), account },
    account,
    accessKeyId,
    identityPolicies: [],
    tags: [],
  }
}

/** A service is of no account, and has no policies: what it may do itself, others say. */
function serviceCaller({ service, accessKeyId }: ServiceCredential): Caller {
  const principal = { kind: 'service' as const, service: servicePrincipalOf(service), regionalName: service }
  return { principal, account: '', accessKeyId, identityPolicies: [], tags: [] }
}

function userPrincipal(user: User): Caller['principal'] {
  return { kind: 'user', arn: userArn(user), account: user.account, uniqueId: user.uniqueId, name: user.name }
}
