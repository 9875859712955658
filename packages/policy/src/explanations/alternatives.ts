import type { AccessRequest } from '../access-request.ts'
import type { Authority, NamedPolicy } from '../authority.ts'
import { authorize, hear, resourceLayer } from '../authorize.ts'
import { definition, evaluate } from '../evaluate.ts'
import { type Grant, operationOf } from '../grants.ts'
import type { Layer } from '../layers.ts'
import { type Principal, strength } from '../matching/principal.ts'
import type { Form, Policy, Statement } from '../policy.ts'

/**
 * The minimal sets of layers that would have to allow. They are found by trying: `authorize` is asked what it
 * would say if exactly these layers allowed, so that nothing here knows how layers combine.
 */
export function alternativesOf(authority: Authority, request: AccessRequest): Layer[][] {
  const undenied = settled(withoutDenials(authority, request), request)
  // Layers that surround the accounts are in every set or in none; trying them would double the work.
  const closed = closedGates(undenied, request)
  const sets: Layer[][] = []
  for (const optional of subsetsBySize(candidates(authority, request))) {
    if (sets.some((set) => set.every((layer) => optional.includes(layer) || closed.includes(layer)))) continue
    const set = [...closed, ...optional]
    if (authorize(allowingIn(set, undenied, request), request).decision === 'Allow') sets.push(set)
  }
  return sets.filter((set) => set.length > 0)
}

function closedGates(authority: Authority, request: AccessRequest): Layer[] {
  const { serviceControl, resourceControl, endpoint } = hear(authority, request)
  const closed: Layer[] = []
  if (serviceControl !== 'Allow') closed.push('service-control-policy')
  if (resourceControl !== 'Allow') closed.push('resource-control-policy')
  if (endpoint !== 'Allow') closed.push('endpoint-policy')
  return closed
}

/** Operations that a grant can give. */
export const grantable: ReadonlySet<string> = new Set([
  'CreateGrant',
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'DescribeKey',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'ReEncryptFrom',
  'ReEncryptTo',
  'Sign',
  'Verify',
  'VerifyMac',
])

/** Nobody can change the policy of a key that AWS manages, nor make grants on it by himself. */
function candidates(authority: Authority, { action }: AccessRequest): Layer[] {
  const own: Layer[] = ['identity-policy', 'permissions-boundary', 'session-policy']
  if (authority.keyManager === 'AWS') return own
  if (authority.keyPolicy === undefined && authority.trustPolicy === undefined) return own
  const layer = resourceLayer(authority)
  const byGrant = layer === 'key-policy' && grantable.has(operationOf(action) ?? '')
  return [...own, layer, ...(byGrant ? (['grant'] as const) : [])]
}

function subsetsBySize(layers: readonly Layer[]): Layer[][] {
  const subsets: Layer[][] = [[]]
  for (const layer of layers) {
    for (const subset of subsets.slice()) subsets.push([...subset, layer])
  }
  return subsets.toSorted((left, right) => left.length - right.length)
}

/** The same authority, in which no statement denies this request. */
export function withoutDenials(authority: Authority, request: AccessRequest): Authority {
  return mapForms(authority, ({ policy }) => {
    const denying = new Set(
      evaluate(policy, request)
        .statements.filter(({ applies, statement }) => applies && statement.effect === 'Deny')
        .map(({ statement }) => statement),
    )
    const statements = policy.statements.filter((statement) => !denying.has(statement))
    return definition({ ...policy, statements })
  })
}

/** Every form asked once: the same request comes many times. */
function settled(authority: Authority, request: AccessRequest): Authority {
  return mapForms(authority, (form) => {
    const verdict = form.decide(request)
    return { policy: form.policy, decide: () => verdict }
  })
}

function mapForms(authority: Authority, change: (form: Form) => Form): Authority {
  const named = (policy: NamedPolicy): NamedPolicy => ({ ...policy, form: change(policy.form) })
  const { keyPolicy, trustPolicy, boundary, sessionPolicies, endpointPolicy, identityPolicies } = authority
  const { serviceControlPolicies: scps, resourceControlPolicies: rcps } = authority
  return {
    ...authority,
    identityPolicies: identityPolicies.map(named),
    ...(keyPolicy && { keyPolicy: change(keyPolicy) }),
    ...(trustPolicy && { trustPolicy: change(trustPolicy) }),
    ...(boundary && { boundary: named(boundary) }),
    ...(sessionPolicies && { sessionPolicies: sessionPolicies.map(named) }),
    ...(endpointPolicy && { endpointPolicy: change(endpointPolicy) }),
    ...(scps && { serviceControlPolicies: scps.map((level) => level.map(named)) }),
    ...(rcps && { resourceControlPolicies: rcps.map((level) => level.map(named)) }),
  }
}

const everything: Statement = { index: 0, effect: 'Allow', conditions: [], line: 1, column: 1 }
const policy: Policy = { kind: 'identity-policy', version: '2012-10-17', statements: [everything] }

/** Says yes to everybody who asks, naming him as strongly as can be. */
const open: Form = {
  policy,
  decide: () => ({ decision: 'Allow', strength: strength.caller, because: [everything] }),
}

/** The same authority, if these layers allowed whatever is asked. */
export function allowingIn(
  layers: readonly Layer[],
  authority: Authority,
  request: AccessRequest,
): Authority {
  let allowing = authority
  for (const layer of layers) allowing = Object.assign({}, allowing, allowed(layer, allowing, request))
  return allowing
}

function allowed(layer: Layer, authority: Authority, request: AccessRequest): Partial<Authority> {
  const named: NamedPolicy = { name: 'open', form: open }
  switch (layer) {
    case 'service-control-policy':
      return {
        serviceControlPolicies: (authority.serviceControlPolicies ?? []).map((level) => [...level, named]),
      }
    case 'resource-control-policy':
      return {
        resourceControlPolicies: (authority.resourceControlPolicies ?? []).map((level) => [...level, named]),
      }
    case 'endpoint-policy':
      return { endpointPolicy: open }
    case 'permissions-boundary':
      return authority.boundary ? { boundary: named } : {}
    case 'session-policy':
      return { sessionPolicies: [...(authority.sessionPolicies ?? []), named] }
    case 'key-policy':
      return { keyPolicy: open }
    case 'trust-policy':
      return { trustPolicy: open }
    case 'identity-policy':
      return { identityPolicies: [...authority.identityPolicies, named] }
    case 'grant':
      return { grants: [...authority.grants, ownGrant(authority, request)] }
    case 'cross-account':
      return { crossAccount: true }
  }
}

/** A grant of just what is asked, to the caller himself. */
function ownGrant({ resourceAccount, newGrant }: Authority, { principal, action }: AccessRequest): Grant {
  return {
    grantId: 'open',
    issuingAccount: resourceAccount,
    ...granteeOf(principal),
    operations: [operationOf(action) ?? '', ...(newGrant?.operations ?? [])],
  }
}

/** How a grant names somebody. */
export function granteeOf(principal: Principal): Pick<Grant, 'granteePrincipal' | 'granteeServicePrincipal'> {
  return principal.kind === 'service'
    ? { granteeServicePrincipal: principal.service }
    : { granteePrincipal: principal.arn }
}
