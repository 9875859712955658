import type { NamedPolicy } from '@claviger/policy'
import type { Caller, CallerSession } from '../call/call.ts'
import { rootArn } from '../identity/account.ts'
import { defaultText, policyArn } from '../identity/managed-policy.ts'
import {
  federatedUserArn,
  type Session,
  type SessionPolicy,
  type SessionSource,
  tagsOver,
} from '../identity/session.ts'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'
import type { Safe } from '../root-key/safe.ts'
import type { Store } from '../storage/store.ts'
import { managedPolicy } from './held-policies.ts'
import type { Policies } from './policies.ts'
import { type Holder, type Principals, rootCaller } from './principals.ts'

/** Tokens that are kept opened. */
const keptMost = 5_000

interface Ground {
  readonly store: Store
  readonly safe: Safe
  readonly policies: Policies
  readonly principals: Principals
  readonly generation: () => number
}

/** Who holds temporary credentials, and until when. */
export interface SessionHolder extends Holder {
  readonly expiresAt: number
  /** The role whose session it is, by its unique id. */
  readonly roleId?: string
}

/** Whom a session's caller is made of: as long as it is the same, so is the caller. */
type Basis = object

interface Kept {
  readonly session: Session
  readonly holder?: SessionHolder
  readonly basis?: Basis
}

/**
 * Temporary credentials. A token is opened once and kept; after that, verifying one more call with it reads what the
 * role or user may do now from memory, and the store only after that has changed.
 */
export class Sessions {
  readonly #ground: Ground
  readonly #kept = new CountedCache<string, Kept>('sessions', keptMost)

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Who holds a session token, beside the access key it was given out with; `undefined` when nobody, or no longer. */
  async holder(token: string, accessKeyId: string): Promise<SessionHolder | undefined> {
    const kept = this.#kept.get(token)
    const session = kept?.session ?? this.#ground.safe.openSessionToken(token, accessKeyId)
    if (session === undefined || session.accessKeyId !== accessKeyId) return undefined
    const { source } = session
    const basis = 'issuer' in source ? await this.#issuer(source.issuer) : undefined
    if (kept?.holder !== undefined && kept.basis === (basis ?? this.#keptRole(source))) return kept.holder
    return this.#remember(token, session, basis)
  }

  async #remember(
    token: string,
    session: Session,
    issuer: Holder | undefined,
  ): Promise<SessionHolder | undefined> {
    const generation = this.#ground.generation()
    const caller = await this.#callerOf(session, issuer)
    if (caller === undefined) {
      this.#kept.set(token, { session })
      return undefined
    }
    const { secretAccessKey, expiresAt, source } = session
    const roleId = source.kind === 'role' ? { roleId: source.roleId } : {}
    const holder = { caller, secretAccessKey, active: true, expiresAt, ...roleId }
    const basis = issuer ?? this.#keptRole(source)
    const isCurrent = generation === this.#ground.generation() && basis !== undefined
    this.#kept.set(token, isCurrent ? { session, holder, basis } : { session })
    return holder
  }

  /** Permissions are made anew with every change of their role, so theirs are the same only while nothing changed. */
  #keptRole(source: SessionSource): Basis | undefined {
    return source.kind === 'role' ? this.#ground.principals.keptPermissions(source.roleId) : undefined
  }

  /** Whoever holds the access key that asked for the session, as long as they could ask again. */
  async #issuer(accessKeyId: string): Promise<Holder | undefined> {
    const holder = await this.#ground.principals.holder(accessKeyId)
    return holder?.active ? holder : undefined
  }

  async #callerOf(session: Session, issuer: Holder | undefined): Promise<Caller | undefined> {
    const caller = await this.#principalOf(session, issuer)
    if (caller === undefined) return undefined
    const sessionPolicies = await this.#policiesOf(session)
    return {
      ...caller,
      accessKeyId: session.accessKeyId,
      tags: tagsOver(caller.tags, session.tags),
      ...(sessionPolicies.length > 0 && { sessionPolicies }),
      session: callerSession(session),
    }
  }

  async #principalOf(
    { account, accessKeyId, source }: Session,
    issuer: Holder | undefined,
  ): Promise<Caller | undefined> {
    if (source.kind === 'role') {
      const { roleId, sessionName } = source
      return this.#ground.principals.callerOfRole({ account, roleId, sessionName, accessKeyId })
    }
    if (source.kind === 'root') return rootCaller(account, accessKeyId)
    if (issuer === undefined) return undefined
    return source.kind === 'user' ? issuer.caller : federated(issuer.caller, source.name)
  }

  async #policiesOf({ account, policies }: Session): Promise<readonly NamedPolicy[]> {
    return Promise.all(policies.map((policy) => this.#namedPolicy(policy, account)))
  }

  async #namedPolicy(policy: SessionPolicy, account: string): Promise<NamedPolicy> {
    const { policies, store } = this.#ground
    if ('text' in policy) {
      return { name: 'session policy', form: policies.ofPrincipal(policy.text, 'session-policy') }
    }
    const stored = await managedPolicy(policy.arn, account, store)
    // Gone, it allows nothing: a session must not be let off what limited it.
    const text = stored === undefined ? nothing : defaultText(stored.value)
    const name = stored?.value.name ?? policy.arn
    const arn = stored === undefined ? policy.arn : policyArn(stored.value)
    return { name, arn, form: policies.ofPrincipal(text, 'session-policy') }
  }

  cache(): CacheReading {
    return this.#kept.reading()
  }

  /** A managed policy has changed: sessions that it limits are not to be relied on. */
  forgetManagedPolicies(): void {
    for (const [token, { session }] of this.#kept.entries()) {
      if (session.policies.some((policy) => 'arn' in policy)) this.#kept.set(token, { session })
    }
  }
}

const nothing = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

function federated(issuer: Caller, name: string): Caller {
  const { principal, account } = issuer
  const arn = principal.kind === 'user' ? principal.arn : rootArn(account)
  return {
    ...issuer,
    principal: {
      kind: 'federated-user',
      arn: federatedUserArn(account, name),
      issuerArn: arn,
      account,
      ...(principal.kind === 'user' && principal.uniqueId && { issuerUniqueId: principal.uniqueId }),
    },
    // A federated user has none of the issuer's tags: only those that were passed.
    tags: [],
  }
}

function callerSession(session: Session): CallerSession {
  const { source, issuedAt, expiresAt, transitiveTagKeys, tags, multiFactorAt, sourceIdentity } = session
  const webIdentity = source.kind === 'role' ? source.webIdentity : undefined
  const transitive = new Set(transitiveTagKeys.map((key) => key.toLowerCase()))
  return {
    issuedAt,
    expiresAt,
    multiFactor: multiFactorAt !== undefined,
    ...(source.kind === 'root' && { assumedRoot: true }),
    // AWS does not tell policies of the factor behind a role's session: its trust policy has asked for it.
    ...(source.kind === 'user' && multiFactorAt !== undefined && { multiFactorAt }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(webIdentity && { webIdentity }),
    transitiveTags: tags.filter(({ key }) => transitive.has(key.toLowerCase())),
  }
}
