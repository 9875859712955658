import type { AccessRequest } from '../access-request.ts'
import type { Authority, NamedPolicy } from '../authority.ts'
import {
  anyOf,
  type Heard,
  hear,
  isServiceLinked,
  resourceControlPolicies,
  resourceLayer,
  serviceControlPolicies,
} from '../authorize.ts'
import { evaluate, hasEffect, type StatementTrace } from '../evaluate.ts'
import { type Layer, layerWords } from '../layers.ts'
import { isRootArn, type Principal, type Strength, strength } from '../matching/principal.ts'
import type { Decision, Form, Statement } from '../policy.ts'
import { showElement, weightOf } from './elements.ts'
import type {
  Exemption,
  Gate,
  LayerShown,
  Naming,
  PolicyReference,
  PolicyShown,
  StatementReference,
  StatementShown,
} from './explanation.ts'
import { ownerOf } from './owners.ts'

/** Asks every layer that exists, and every statement in it, whether or not that decides anything. */
export function survey(authority: Authority, request: AccessRequest): LayerShown[] {
  const heard = hear(authority, request)
  return places(authority, request).map(({ layer, policies, exempt }) => ({
    layer,
    owner: ownerOf(layer, authority, request),
    verdict: verdictOf(layer, heard),
    ...(exempt !== undefined && { exempt }),
    policies: policies.map((one) => showPolicy(one, request)),
  }))
}

/** A policy that has a say, and where it is found. */
export interface Placed {
  readonly reference: PolicyReference
  readonly form: Form
}

interface Place {
  readonly layer: Layer
  readonly policies: readonly Placed[]
  readonly exempt?: Exemption | undefined
}

/** Every layer that exists for this request, in the order of `layers.ts`. */
function places(authority: Authority, request: AccessRequest): Place[] {
  const { principal } = request
  const { sessionPolicies, identityPolicies } = authority
  const found: Place[] = []
  const { serviceControlPolicies: scps, resourceControlPolicies: rcps } = authority
  if (scps?.length)
    found.push({ ...levels('service-control-policy', scps), exempt: scpExemption(authority, request) })
  if (rcps?.length)
    found.push({ ...levels('resource-control-policy', rcps), exempt: rcpExemption(authority, request) })
  found.push(...single('endpoint-policy', authority.endpointPolicy))
  found.push(...single('permissions-boundary', authority.boundary))
  // Without session policies of his own a federated user has nothing, and that is a layer that says no.
  if ((sessionPolicies?.length ?? 0) > 0 || principal.kind === 'federated-user') {
    found.push(list('session-policy', sessionPolicies ?? []))
  }
  found.push(...single(resourceLayer(authority), authority.keyPolicy ?? authority.trustPolicy))
  if (identityPolicies.length > 0 || principal.kind !== 'service') {
    const exempt = isRoot(principal) ? 'root user' : undefined
    found.push({ ...list('identity-policy', identityPolicies), exempt })
  }
  return found
}

/** Also a federated user whom the root user asked for: nobody attaches policies to either. */
function isRoot(principal: Principal): boolean {
  return principal.kind === 'root' || (principal.kind === 'federated-user' && isRootArn(principal.issuerArn))
}

function single(layer: Layer, policy: Form | NamedPolicy | undefined): Place[] {
  if (policy === undefined) return []
  const named = 'form' in policy ? policy : { name: layerWords.get(layer)?.name ?? layer, form: policy }
  return [list(layer, [named])]
}

function list(layer: Layer, policies: readonly NamedPolicy[]): Place {
  return { layer, policies: policies.map((policy, index) => placed(layer, policy, { index })) }
}

function levels(layer: Layer, listed: readonly (readonly NamedPolicy[])[]): Place {
  const policies = listed.flatMap((policies, level) =>
    policies.map((policy, index) => placed(layer, policy, { index, level })),
  )
  return { layer, policies }
}

function placed(
  layer: Layer,
  { name, arn, form }: NamedPolicy,
  at: { index: number; level?: number },
): Placed {
  return { reference: { layer, name, ...(arn !== undefined && { arn }), ...at }, form }
}

/** Asked of `authorize.ts` first, which knows whom organizations bind; only the reason is put into words here. */
function scpExemption(authority: Authority, request: AccessRequest): Exemption | undefined {
  const levels = authority.serviceControlPolicies ?? []
  if (levels.length === 0 || serviceControlPolicies(authority, request).length > 0) return undefined
  if (authority.callerIsManagementAccount) return 'management account'
  return isServiceLinked(request.principal) ? 'service-linked role' : 'service'
}

function rcpExemption(authority: Authority, request: AccessRequest): Exemption | undefined {
  const levels = authority.resourceControlPolicies ?? []
  if (levels.length === 0 || resourceControlPolicies(authority, request).length > 0) return undefined
  if (authority.keyManager === 'AWS') return 'key managed by AWS'
  if (authority.resourceIsManagementAccount) return 'management account'
  if (isServiceLinked(request.principal)) return 'service-linked role'
  return request.action === 'kms:RetireGrant' ? 'retiring a grant' : 'operation without a resource'
}

function verdictOf(layer: Layer, heard: Heard): Decision {
  switch (layer) {
    case 'service-control-policy':
      return heard.serviceControl
    case 'resource-control-policy':
      return heard.resourceControl
    case 'endpoint-policy':
      return heard.endpoint
    case 'permissions-boundary':
      return heard.boundary
    case 'session-policy':
      return heard.session
    case 'key-policy':
    case 'trust-policy':
      return heard.resource?.decision ?? 'ImplicitDeny'
    case 'identity-policy':
      return heard.identity
    case 'grant':
    case 'cross-account':
      return 'ImplicitDeny'
  }
}

function showPolicy({ reference, form }: Placed, request: AccessRequest): PolicyShown {
  const { decision, statements } = evaluate(form.policy, request)
  return {
    reference,
    verdict: decision,
    statements: statements.map((trace) => showStatement(trace, reference, request)),
  }
}

/** Where a statement stands. */
export function referTo(policy: PolicyReference, statement: Statement): StatementReference {
  const { index, sid, line, column } = statement
  return { policy, index, ...(sid !== undefined && { sid }), line, column }
}

function showStatement(
  trace: StatementTrace,
  policy: PolicyReference,
  request: AccessRequest,
): StatementShown {
  const { statement, applies } = trace
  const elements = trace.elements.map((element) => showElement(element, statement, request))
  const inert = !hasEffect(statement)
  const absent = (statement.actions ? 0 : 3) + (statement.resources ? 0 : 3)
  return {
    reference: referTo(policy, statement),
    effect: statement.effect,
    applies,
    names: statement.principals ? namingOf(trace.strength) : 'attached',
    elements,
    inert,
    distance: elements.reduce((sum, element) => sum + weightOf(element), absent),
  }
}

/** A strength in words. */
export function namingOf(named: Strength): Exclude<Naming, 'attached'> {
  if (named === strength.caller) return 'caller'
  if (named === strength.role) return 'role'
  return named === strength.account ? 'account' : 'nobody'
}

/** Every statement of these layers. */
export function statementsOf(layers: readonly LayerShown[]): StatementShown[] {
  return layers.flatMap((layer) => layer.policies.flatMap((policy) => policy.statements))
}

/** The policy that a reference speaks of. */
export function findPlaced(
  reference: PolicyReference,
  authority: Authority,
  request: AccessRequest,
): Placed | undefined {
  const { layer, index, level } = reference
  return places(authority, request)
    .find((place) => place.layer === layer)
    ?.policies.find((one) => one.reference.index === index && one.reference.level === level)
}

/** Organization policies level by level, and the endpoint's: each can close the way for everybody. */
export function gatesOf(
  authority: Authority,
  request: AccessRequest,
  surveyed: readonly LayerShown[],
): Gate[] {
  return surveyed.flatMap((shown): Gate[] => {
    if (shown.exempt !== undefined) return []
    switch (shown.layer) {
      case 'service-control-policy':
        return (authority.serviceControlPolicies ?? []).map((policies, level) =>
          gateOf(shown, anyOf(policies, request), level),
        )
      case 'resource-control-policy':
        return (authority.resourceControlPolicies ?? []).map((policies, level) =>
          gateOf(shown, anyOf(policies, request), level),
        )
      case 'endpoint-policy':
        return [gateOf(shown, shown.verdict)]
      default:
        return []
    }
  })
}

function gateOf({ layer, owner, policies }: LayerShown, verdict: Decision, level?: number): Gate {
  const effect = verdict === 'ExplicitDeny' ? 'Deny' : 'Allow'
  const by = policies
    .filter(({ reference }) => reference.level === level)
    .flatMap(({ statements }) => statements)
    .filter((statement) => statement.applies && statement.effect === effect)
    .map((statement) => statement.reference)
  return { layer, ...(level !== undefined && { level }), owner, open: verdict === 'Allow', verdict, by }
}
