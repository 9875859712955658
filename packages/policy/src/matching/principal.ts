/**
 * Who asks, against whom a `Principal` element names. A name can mean a caller in three ways, and the way
 * decides which other policies still have a say, so matching answers with the way and not with yes or no.
 */

/** The authenticated caller of one access request. Unique ids are what stays when a name is used again. */
export type Principal =
  | {
      readonly kind: 'user'
      readonly arn: string
      readonly account: string
      readonly uniqueId?: string
      readonly name?: string
    }
  | {
      readonly kind: 'assumed-role'
      /** The session's: `arn:aws:sts::111122223333:assumed-role/App/session`. */
      readonly arn: string
      /** With the role's path: `arn:aws:iam::111122223333:role/service/App`. */
      readonly roleArn: string
      readonly account: string
      readonly roleId?: string
      readonly sessionName?: string
      readonly serviceLinked?: boolean
    }
  | {
      readonly kind: 'federated-user'
      readonly arn: string
      /** The IAM user (or root user) whose credentials asked for the federation token. */
      readonly issuerArn: string
      readonly account: string
      readonly issuerUniqueId?: string
    }
  | { readonly kind: 'root'; readonly arn: string; readonly account: string }
  | {
      /** Somebody an identity provider vouches for, who has no session yet: asks for one, and for nothing else. */
      readonly kind: 'web-identity'
      /** The provider's: `arn:aws:iam::111122223333:oidc-provider/idp.example.com`. */
      readonly arn: string
      readonly account: string
    }
  | {
      readonly kind: 'service'
      /** `logs.amazonaws.com`. */
      readonly service: string
      /** `logs.us-east-1.amazonaws.com`: the same service in the Region it calls from, which policies may name too. */
      readonly regionalName?: string
    }

/** What one entry of a `Principal` element can be. */
export type PrincipalPatternKind =
  | 'anyone'
  | 'account'
  | 'user'
  | 'role'
  | 'assumed-role'
  | 'federated-user'
  | 'unique-id'
  | 'service'
  | 'federated'

/** One entry of a `Principal` element, read. */
export interface PrincipalPattern {
  readonly kind: PrincipalPatternKind
  /** As its author wrote it. */
  readonly written: string
  readonly account?: string
  /** The unique id this ARN was bound to when the policy was put; then only the holder of that id matches. */
  readonly boundTo?: string
  /** Whether `*` here means AWS services too, and whoever comes from an identity provider. */
  readonly includesServices: boolean
  /** Where the JSON string stands in the document, quotes included. */
  readonly offset: number
  readonly length: number
}

/**
 * The forms of a caller that a pattern can name, as bits. The highest one named is the strength of the match:
 * `caller` (the user, the session, the root user, the service, or everyone), `role` (the role behind a session,
 * or the user behind a federated one), `account` (the account, which leaves the choice to its own policies).
 */
export const strength = { nobody: 0, account: 1, role: 2, caller: 4 } as const

/** How strongly a statement names the caller. */
export type Strength = (typeof strength)[keyof typeof strength]

/** All forms the caller has. `NotPrincipal` spares only a caller of whom every form is listed. */
export function formsOf(principal: Principal): number {
  switch (principal.kind) {
    case 'user':
    case 'root':
      return strength.account | strength.caller
    case 'assumed-role':
      return strength.account | strength.role | strength.caller
    case 'federated-user':
      return isRootArn(principal.issuerArn)
        ? strength.account | strength.caller
        : strength.account | strength.role | strength.caller
    case 'service':
    case 'web-identity':
      return strength.caller
  }
}

/** The strongest of some forms. */
export function strengthOf(forms: number): Strength {
  if (forms & strength.caller) return strength.caller
  if (forms & strength.role) return strength.role
  return forms & strength.account ? strength.account : strength.nobody
}

/** The forms of this caller that the pattern names. */
export function formsNamed(pattern: PrincipalPattern, principal: Principal): number {
  if (principal.kind === 'service') return formsOfStranger(pattern, 'service', namesOfService(principal))
  if (principal.kind === 'web-identity') return formsOfStranger(pattern, 'federated', [principal.arn])
  switch (pattern.kind) {
    case 'anyone':
      return formsOf(principal)
    case 'account':
      if (pattern.account !== principal.account) return strength.nobody
      return principal.kind === 'root' ? strength.account | strength.caller : strength.account
    case 'user':
    case 'role':
    case 'unique-id':
      return formsHeld(pattern, principal)
    case 'assumed-role':
    case 'federated-user':
      return principal.kind === pattern.kind && principal.arn === pattern.written
        ? strength.caller
        : strength.nobody
    case 'service':
    case 'federated':
      return strength.nobody
  }
}

/** The account root's ARN stands for the whole account. */
export function isRootArn(arn: string): boolean {
  return arn.startsWith('arn:') && arn.endsWith(':root') && arn.split(':').length === 6
}

/** Services, and who comes from an identity provider, are of no account: they are named, or `*` means them too. */
function formsOfStranger(
  pattern: PrincipalPattern,
  kind: PrincipalPatternKind,
  names: readonly string[],
): number {
  if (pattern.kind === 'anyone') return pattern.includesServices ? strength.caller : strength.nobody
  return pattern.kind === kind && names.includes(pattern.written) ? strength.caller : strength.nobody
}

/** By what a policy or grant may call a service. */
export function namesOfService({
  service,
  regionalName,
}: Extract<Principal, { kind: 'service' }>): readonly string[] {
  return regionalName === undefined || regionalName === service ? [service] : [service, regionalName]
}

/** Users and roles are compared by unique id where one is known, else by ARN. */
function formsHeld(
  pattern: PrincipalPattern,
  principal: Exclude<Principal, { kind: 'service' | 'web-identity' }>,
): number {
  const id = pattern.kind === 'unique-id' ? pattern.written : pattern.boundTo
  switch (principal.kind) {
    case 'user':
      if (pattern.kind === 'role') return strength.nobody
      return isHeld(pattern, id, principal.uniqueId, principal.arn) ? strength.caller : strength.nobody
    case 'assumed-role':
      if (pattern.kind === 'user') return strength.nobody
      return isHeld(pattern, id, principal.roleId, principal.roleArn) ? strength.role : strength.nobody
    case 'federated-user':
      if (pattern.kind === 'role') return strength.nobody
      return isHeld(pattern, id, principal.issuerUniqueId, principal.issuerArn)
        ? strength.role
        : strength.nobody
    case 'root':
      return strength.nobody
  }
}

function isHeld(
  pattern: PrincipalPattern,
  wantedId: string | undefined,
  actualId: string | undefined,
  actualArn: string,
): boolean {
  return wantedId === undefined ? pattern.written === actualArn : wantedId === actualId
}

/** What an entry names, without where it stands; or the reason why it cannot be an entry. */
export type ReadPrincipal =
  | { readonly ok: true; readonly kind: PrincipalPatternKind; readonly account?: string }
  | { readonly ok: false; readonly reason: string }

const partition = /^aws[a-z-]*$/
const account = /^[0-9]{12}$/
const uniqueId = /^(AIDA|AROA)[A-Z0-9]{4,128}$/
const serviceName = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/

/** Reads one entry of `"AWS": …`. Only its form: whether the principal exists is not known here. */
export function readAwsPrincipal(text: string): ReadPrincipal {
  if (text === '*') return { ok: true, kind: 'anyone' }
  if (account.test(text)) return { ok: true, kind: 'account', account: text }
  if (uniqueId.test(text)) return { ok: true, kind: 'unique-id' }
  const [arn, place, service, region, owner, ...rest] = text.split(':')
  const resource = rest.join(':')
  if (arn !== 'arn' || place === undefined || !partition.test(place) || region !== '') {
    return { ok: false, reason: 'is not an account, an ARN of a principal, or `*`' }
  }
  if (owner === undefined || !account.test(owner))
    return { ok: false, reason: 'has no account of twelve digits' }
  if (/[*?]/.test(resource)) return { ok: false, reason: 'has a wildcard; only `*` alone may stand here' }
  const kind = kindOfResource(service, resource)
  return kind
    ? { ok: true, kind, account: owner }
    : { ok: false, reason: 'is not a user, role, session, federated user or account' }
}

/** Reads one entry of `"Service": …`. */
export function readServicePrincipal(text: string): ReadPrincipal {
  return serviceName.test(text)
    ? { ok: true, kind: 'service' }
    : { ok: false, reason: 'is not the name of a service' }
}

const resourceForms: readonly [service: string, form: RegExp, kind: PrincipalPatternKind][] = [
  ['iam', /^root$/, 'account'],
  ['iam', /^user\/[!-~]+$/, 'user'],
  ['iam', /^role\/[!-~]+$/, 'role'],
  ['sts', /^assumed-role\/[^/\s]+\/[^/\s]+$/, 'assumed-role'],
  ['sts', /^federated-user\/[!-~]+$/, 'federated-user'],
]

function kindOfResource(service: string | undefined, resource: string): PrincipalPatternKind | undefined {
  return resourceForms.find(([name, pattern]) => name === service && pattern.test(resource))?.[2]
}
