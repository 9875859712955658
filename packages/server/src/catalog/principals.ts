import type { NamedPolicy } from '@claviger/policy'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../call/call.ts'
import { rootArn } from '../identity/account.ts'
import { type User, userArn } from '../identity/user.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Store, Stored } from '../storage/store.ts'
import type { Policies } from './policies.ts'

/** Who holds an access key, and the secret that proves it. */
export interface Holder {
  readonly caller: Caller
  readonly secretAccessKey: string
  readonly active: boolean
}

/** Access keys whose holders are kept ready. */
const keptMost = 20_000

interface Ground {
  readonly store: Store
  readonly safe: Safe
  readonly policies: Policies
  /** Moves with every commit: what was read under an older number may be old and is not kept. */
  readonly generation: () => number
}

/** Who there is: accounts, users and the holders of access keys. */
export class Principals {
  readonly #ground: Ground
  readonly #holders = new LRUCache<string, Holder>({ max: keptMost })

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Who holds an access key, with the identity policies that speak for it; `undefined` for an unknown one. */
  async holder(accessKeyId: string): Promise<Holder | undefined> {
    return this.#holders.get(accessKeyId) ?? (await this.#readHolder(accessKeyId))
  }

  async #readHolder(accessKeyId: string): Promise<Holder | undefined> {
    const generation = this.#ground.generation()
    const stored = await this.#ground.store.find('accessKey', [accessKeyId])
    if (stored === undefined) return undefined
    const { account, owner, status } = stored.value
    const caller =
      owner === 'root'
        ? rootCaller(account, accessKeyId)
        : await this.#userCaller(account, owner, accessKeyId)
    if (caller === undefined) return undefined
    const holder = {
      caller,
      secretAccessKey: this.#ground.safe.openSecretAccessKey(stored.value),
      active: status === 'Active',
    }
    if (generation === this.#ground.generation()) this.#holders.set(accessKeyId, holder)
    return holder
  }

  async #userCaller(account: string, uniqueId: string, accessKeyId: string): Promise<Caller | undefined> {
    const user = await this.#ground.store.find('user', [account, uniqueId])
    return user === undefined
      ? undefined
      : {
          principal: userPrincipal(user.value),
          account,
          accessKeyId,
          identityPolicies: await this.identityPolicies(user.value),
          tags: user.value.tags,
        }
  }

  /** The identity policies of a user, in the form that serves. */
  async identityPolicies(user: User): Promise<readonly NamedPolicy[]> {
    const policies = await this.#ground.store.list('userPolicy', {
      prefix: [user.account, user.uniqueId],
      limit: 1000,
    })
    return policies.map(({ value }) => ({
      name: value.name,
      form: this.#ground.policies.compile(value.text, 'identity-policy'),
    }))
  }

  /** The user or role an ARN names today, by unique id: what key policies and grants are bound to. */
  async uniqueIdOf(arn: string): Promise<string | undefined> {
    const user = await this.userByArn(arn)
    return user?.uniqueId
  }

  /** Whether somebody of this unique id exists. Unique ids say nothing of their account. */
  async hasUniqueId(uniqueId: string): Promise<boolean> {
    const [user] = await this.#ground.store.list('user', { index: 'uniqueId', prefix: [uniqueId], limit: 1 })
    return user !== undefined
  }

  async userByArn(arn: string): Promise<User | undefined> {
    const [, account, path, name] = /^arn:aws:iam::(\d{12}):user(\/|\/.*\/)([^/]+)$/.exec(arn) ?? []
    if (account === undefined || name === undefined) return undefined
    const user = (await this.userByName(account, name))?.value
    return user !== undefined && user.path === path && user.name === name ? user : undefined
  }

  async userByName(account: string, name: string): Promise<Stored<User> | undefined> {
    const [stored] = await this.#ground.store.list('user', {
      index: 'name',
      prefix: [account, name.toLowerCase()],
      limit: 1,
    })
    return stored
  }

  async hasAccount(accountId: string): Promise<boolean> {
    return (await this.#ground.store.find('account', [accountId])) !== undefined
  }

  /** Nothing kept is to be relied on: a user, a policy or an access key has changed. */
  forget(): void {
    this.#holders.clear()
  }
}

function rootCaller(account: string, accessKeyId: string): Caller {
  return {
    principal: { kind: 'root', arn: rootArn(account), account },
    account,
    accessKeyId,
    identityPolicies: [],
    tags: [],
  }
}

function userPrincipal(user: User): Caller['principal'] {
  return { kind: 'user', arn: userArn(user), account: user.account, uniqueId: user.uniqueId, name: user.name }
}
