import type { AccessRequest } from './access-request.ts'
import { type Authority, type Citation, citations, type NamedPolicy } from './authority.ts'
import { type Grant, type GrantQuestion, grantStrength, retirementStrength } from './grants.ts'
import type { Layer } from './layers.ts'
import { isRootArn, type Principal, type Strength, strength } from './matching/principal.ts'
import type { Decision, Verdict } from './policy.ts'

/** The answer of all together. */
export interface Authorization {
  readonly decision: Decision
  /** Who decided: of an allow, what let the caller in; of a deny, what AWS would name. */
  readonly layer: Layer
  /** The deciding statements: that deny, or that allow together. Empty when it was a grant, or nobody. */
  readonly because: readonly Citation[]
  /** The grant that allowed it. */
  readonly grant?: Grant
}

/**
 * Decides an access request. An explicit deny anywhere denies; then what surrounds the accounts (resource
 * control, service control and endpoint policies) must allow; then the key must let the caller in, by its
 * policy or a grant; and whoever is let in only through his account or role needs their policies' allow too.
 */
export function authorize(authority: Authority, request: AccessRequest): Authorization {
  const heard = hear(authority, request)
  const denied = explicitDenial(heard, authority, request) ?? closedGate(heard)
  if (denied !== undefined) return denied
  const verdict = heard.resource
  if (verdict === undefined) return withoutResource(heard)
  const foreign = isForeign(authority, request.principal)
  if (foreign && !authority.crossAccount) return refusal('cross-account')
  // To a caller of another account, the best a key policy can do is to leave it to his own.
  const named = foreign ? least(verdict.strength, strength.account) : verdict.strength
  const layer = resourceLayer(authority)
  const lacking = lackingFor(named, heard, layer)
  if (lacking === undefined) {
    const because: Citation[] = []
    for (const statement of verdict.because) because.push({ layer, statement })
    if (named === strength.account) for (const cited of heard.identityCitations) because.push(cited)
    return { decision: 'Allow', layer, because }
  }
  return throughGrants(named, heard, authority, request) ?? refusal(lacking)
}

/**
 * Decides whether the caller may retire a grant. The grant says who; neither the key's policy nor resource
 * control policies are asked, while identity policies may deny, and decide for whoever is let in as an account.
 */
export function authorizeRetirement(
  authority: Authority,
  request: AccessRequest,
  grant: Grant,
): Authorization {
  const { keyPolicy: _, resourceControlPolicies: __, ...asked } = authority
  const heard = hear(asked, request)
  const denied = explicitDenial(heard, asked, request) ?? closedGate(heard)
  if (denied !== undefined) return denied
  const lacking = lackingFor(retirementStrength(grant, request.principal), heard, 'key-policy')
  return lacking === undefined ? { decision: 'Allow', layer: 'grant', because: [], grant } : refusal(lacking)
}

/** What each layer says; a layer that is absent, or does not bind this caller, leaves the way open. */
export interface Heard {
  readonly serviceControl: Decision
  readonly resourceControl: Decision
  readonly endpoint: Decision
  readonly boundary: Decision
  readonly session: Decision
  readonly resource: Verdict | undefined
  readonly identity: Decision
  /** What identity policies allow, noted while they are heard: most allows cite it. */
  readonly identityCitations: readonly Citation[]
}

/** Asks every layer. Explanations ask as well, so that they tell of the same answers. */
export function hear(authority: Authority, request: AccessRequest): Heard {
  const { boundary, endpointPolicy, keyPolicy, trustPolicy } = authority
  const identityCitations: Citation[] = []
  return {
    serviceControl: together(serviceControlPolicies(authority, request), request),
    resourceControl: together(resourceControlPolicies(authority, request), request),
    endpoint: endpointPolicy?.decide(request).decision ?? 'Allow',
    boundary: boundary?.form.decide(request).decision ?? 'Allow',
    session: hearSession(authority, request),
    resource: (keyPolicy ?? trustPolicy)?.decide(request),
    identity: hearIdentity(authority, request, identityCitations),
    identityCitations,
  }
}

/** Every level must allow, and one deny anywhere denies. */
function together(levels: readonly (readonly NamedPolicy[])[], request: AccessRequest): Decision {
  let decision: Decision = 'Allow'
  for (const level of levels) {
    const heard = anyOf(level, request)
    if (heard === 'ExplicitDeny') return heard
    if (heard === 'ImplicitDeny') decision = heard
  }
  return decision
}

/** Policies side by side: one allow allows, unless one denies. */
export function anyOf(policies: readonly NamedPolicy[], request: AccessRequest): Decision {
  let decision: Decision = 'ImplicitDeny'
  for (const { form } of policies) {
    const heard = form.decide(request).decision
    if (heard === 'ExplicitDeny') return heard
    if (heard === 'Allow') decision = heard
  }
  return decision
}

const noLevels: readonly (readonly NamedPolicy[])[] = []

/** They bind neither the management account, nor the roles that AWS services keep in an account, nor services. */
export function serviceControlPolicies(authority: Authority, { principal }: AccessRequest): typeof noLevels {
  if (authority.callerIsManagementAccount || isServiceLinked(principal)) return noLevels
  return principal.kind === 'service' ? noLevels : (authority.serviceControlPolicies ?? noLevels)
}

/** They bind everyone who comes to a customer's key, except that retiring a grant is out of their reach. */
export function resourceControlPolicies(authority: Authority, request: AccessRequest): typeof noLevels {
  if (authority.keyManager === 'AWS' || authority.resourceIsManagementAccount) return noLevels
  if (isServiceLinked(request.principal) || request.action === 'kms:RetireGrant') return noLevels
  const hasResource = authority.keyPolicy !== undefined || authority.trustPolicy !== undefined
  return hasResource ? (authority.resourceControlPolicies ?? noLevels) : noLevels
}

/** A role that an AWS service keeps in an account is outside the organization's policies. */
export function isServiceLinked(principal: Principal): boolean {
  return principal.kind === 'assumed-role' && principal.serviceLinked === true
}

/** A federated user has what its session policies allow, and so nothing when none were passed. */
function hearSession({ sessionPolicies }: Authority, request: AccessRequest): Decision {
  if (sessionPolicies !== undefined && sessionPolicies.length > 0) return anyOf(sessionPolicies, request)
  return request.principal.kind === 'federated-user' ? 'ImplicitDeny' : 'Allow'
}

/** Nobody attaches policies to a root user, who may do what the account may; services have no identity here. */
function hearIdentity(
  { identityPolicies }: Authority,
  request: AccessRequest,
  allowing: Citation[],
): Decision {
  const { principal } = request
  if (principal.kind === 'root') return 'Allow'
  if (principal.kind === 'federated-user' && isRootArn(principal.issuerArn)) return 'Allow'
  for (const policy of identityPolicies) {
    const { decision, because } = policy.form.decide(request)
    if (decision === 'ExplicitDeny') return decision
    for (const statement of because) allowing.push({ layer: 'identity-policy', policy, statement })
  }
  return allowing.length > 0 ? 'Allow' : 'ImplicitDeny'
}

/** The first layer, in the order of `layers.ts`, that denies in so many words. */
function explicitDenial(
  heard: Heard,
  authority: Authority,
  request: AccessRequest,
): Authorization | undefined {
  const layer = denyingLayer(heard, authority)
  if (layer === undefined) return undefined
  return { decision: 'ExplicitDeny', layer, because: citations(layer, authority, request, 'ExplicitDeny') }
}

function denyingLayer(heard: Heard, authority: Authority): Layer | undefined {
  if (heard.serviceControl === 'ExplicitDeny') return 'service-control-policy'
  if (heard.resourceControl === 'ExplicitDeny') return 'resource-control-policy'
  if (heard.endpoint === 'ExplicitDeny') return 'endpoint-policy'
  if (heard.boundary === 'ExplicitDeny') return 'permissions-boundary'
  if (heard.session === 'ExplicitDeny') return 'session-policy'
  if (heard.resource?.decision === 'ExplicitDeny') return resourceLayer(authority)
  return heard.identity === 'ExplicitDeny' ? 'identity-policy' : undefined
}

/** Whatever surrounds the accounts must allow, whoever is let in below. */
function closedGate({ resourceControl, serviceControl, endpoint }: Heard): Authorization | undefined {
  if (resourceControl !== 'Allow') return refusal('resource-control-policy')
  if (serviceControl !== 'Allow') return refusal('service-control-policy')
  return endpoint === 'Allow' ? undefined : refusal('endpoint-policy')
}

/** An operation without a key is up to the caller's own policies. */
function withoutResource(heard: Heard): Authorization {
  const lacking = lackingFor(strength.account, heard, 'identity-policy')
  if (lacking !== undefined) return refusal(lacking)
  return { decision: 'Allow', layer: 'identity-policy', because: heard.identityCitations }
}

/**
 * The layer that still lacks an allow for a caller who is named this strongly; undefined when none does. Who is
 * named himself needs nobody else; who is named by his role is held to his boundary and session policies; who
 * is named by his account needs its identity policies as well.
 */
function lackingFor(named: Strength, heard: Heard, unnamed: Layer): Layer | undefined {
  if (named === strength.nobody) return unnamed
  if (named === strength.caller) return undefined
  if (named === strength.account && heard.identity !== 'Allow') return 'identity-policy'
  if (heard.boundary !== 'Allow') return 'permissions-boundary'
  return heard.session === 'Allow' ? undefined : 'session-policy'
}

/**
 * Lets in by a grant whom policies did not. A grantee of another account needs no identity policy there. When
 * no grant suffices, the answer is what the strongest way in still lacks.
 */
function throughGrants(
  named: Strength,
  heard: Heard,
  authority: Authority,
  request: AccessRequest,
): Authorization | undefined {
  const { grants, newGrant, encryptionContext = {} } = authority
  if (grants.length === 0) return undefined
  const question: GrantQuestion = { request, encryptionContext, ...(newGrant && { newGrant }) }
  let strongest: Strength = strength.nobody
  for (const grant of grants) {
    const granted = grantStrength(grant, question)
    if (granted === strength.nobody) continue
    if (lackingFor(granted, heard, 'grant') === undefined) {
      return { decision: 'Allow', layer: 'grant', because: [], grant }
    }
    strongest = granted > strongest ? granted : strongest
  }
  const lacking = strongest > named ? lackingFor(strongest, heard, 'grant') : undefined
  return lacking && refusal(lacking)
}

function refusal(layer: Layer): Authorization {
  return { decision: 'ImplicitDeny', layer, because: [] }
}

/** A key's own policy, or in its place a role's. */
export function resourceLayer({ keyPolicy }: Authority): Layer {
  return keyPolicy === undefined ? 'trust-policy' : 'key-policy'
}

/** A service belongs to no account, and is let in by the key alone. */
export function isForeign({ resourceAccount }: Authority, principal: Principal): boolean {
  return principal.kind !== 'service' && principal.account !== resourceAccount
}

function least(left: Strength, right: Strength): Strength {
  return left < right ? left : right
}
