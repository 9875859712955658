import { anyOf, resourceLayer } from '../authorize.ts'
import { operationOf, operationsWithEncryptionContext } from '../grants.ts'
import type { Layer } from '../layers.ts'
import type { Principal } from '../matching/principal.ts'
import { additionsFor, isEditable } from './additions.ts'
import { withoutDenials } from './alternatives.ts'
import type { PolicyReference, StatementShown, Way } from './explanation.ts'
import { ownerOf } from './owners.ts'
import type { AddStatement, CreateGrant, StatementDocument, Step } from './remedy.ts'
import { documentOf, extended, leastPrivilege, resourceForStatement } from './statement-documents.ts'
import { policyAt } from './steps.ts'
import type { Found } from './ways.ts'

/** Whether a layer is to allow by a statement that is nearly there, or by a new one. */
export type Style = 'extend' | 'add'

/** The names under which a policy can let the caller in, the lasting one first: sessions come and go. */
export function namesFor(principal: Principal): string[] {
  switch (principal.kind) {
    case 'service':
      return [principal.service]
    case 'assumed-role':
      return [principal.roleArn, principal.arn]
    case 'user':
    case 'federated-user':
    case 'root':
    case 'web-identity':
      return [principal.arn]
  }
}

/** The steps by which a layer could come to allow the request; undefined when it cannot, in this style. */
export function stepsFor(layer: Layer, style: Style, name: string, found: Found): Step[] | undefined {
  switch (layer) {
    case 'service-control-policy':
    case 'resource-control-policy':
      return stepsForLevels(layer, style, name, found)
    case 'grant': {
      const step = style === 'add' ? grantFor(name, found) : undefined
      return step && [step]
    }
    case 'cross-account':
      return undefined
    default: {
      const step =
        style === 'extend'
          ? extension(layer, undefined, name, found)
          : addition(layer, undefined, name, found)
      return step && [step]
    }
  }
}

/** Every level of the organization that stays closed needs a step of its own. */
function stepsForLevels(
  layer: 'service-control-policy' | 'resource-control-policy',
  style: Style,
  name: string,
  found: Found,
): Step[] | undefined {
  const { authority, request } = found
  const undenied = withoutDenials(authority, request)
  const levels =
    layer === 'service-control-policy' ? undenied.serviceControlPolicies : undenied.resourceControlPolicies
  const closed = (levels ?? []).flatMap((level, index) => (anyOf(level, request) === 'Allow' ? [] : [index]))
  const steps = closed.map((level) => {
    if (layer === 'resource-control-policy') return fullAccess(level, found)
    const extending = style === 'extend' ? extension(layer, level, name, found) : undefined
    return extending ?? addition(layer, level, name, found)
  })
  const possible = steps.filter((step) => step !== undefined)
  return possible.length === steps.length ? possible : undefined
}

/** A resource control policy of one's own can only deny; what allows is AWS's, and always attached elsewhere. */
function fullAccess(level: number, { authority, request }: Found): AddStatement {
  const layer = 'resource-control-policy'
  const statement: StatementDocument = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }
  return { kind: 'add-statement', owner: ownerOf(layer, authority, request), layer, level, statement }
}

/** The nearest allowing statement that additions can make cover the request. */
function extension(layer: Layer, level: number | undefined, name: string, found: Found): Step | undefined {
  const { authority, request } = found
  const resource = layer === 'key-policy' ? '*' : resourceForStatement(request)
  for (const shown of nearestIn(layer, level, found)) {
    const target = shown.reference
    const policy = policyAt(target.policy, authority)
    const statement = policy?.statements[target.index]
    if (policy === undefined || statement === undefined || !isEditable(target.policy)) continue
    const additions = additionsFor(shown, statement, policy.version, {
      name,
      resource,
      action: request.action,
    })
    if (additions === undefined) continue
    const owner = ownerOf(layer, authority, request)
    const document = extended(documentOf(statement), additions)
    return { kind: 'change-statement', owner, layer, target, additions, statement: document }
  }
  return undefined
}

/** The allowing statements of a layer that do not apply, the nearest first. */
export function nearestIn(layer: Layer, level: number | undefined, { layers }: Found): StatementShown[] {
  return layers
    .filter((shown) => shown.layer === layer)
    .flatMap((shown) => shown.policies)
    .filter((policy) => policy.reference.level === level)
    .flatMap((policy) => policy.statements)
    .filter((statement) => !statement.applies && statement.effect === 'Allow')
    .toSorted((left, right) => left.distance - right.distance)
}

/** A layer of which there is one policy gets no second; the others do when theirs cannot be edited. */
const singles: ReadonlySet<Layer> = new Set([
  'permissions-boundary',
  'endpoint-policy',
  'key-policy',
  'trust-policy',
])

function addition(
  layer: Layer,
  level: number | undefined,
  name: string,
  { authority, request, layers }: Found,
): AddStatement | undefined {
  const policy = layers
    .filter((shown) => shown.layer === layer)
    .flatMap((shown) => shown.policies)
    .map((shown): PolicyReference => shown.reference)
    .find((reference) => reference.level === level && isEditable(reference))
  if (policy === undefined && singles.has(layer)) return undefined
  return {
    kind: 'add-statement',
    owner: ownerOf(layer, authority, request),
    layer,
    ...(policy && { policy }),
    ...(level !== undefined && { level }),
    statement: leastPrivilege(layer, name, authority, request),
  }
}

/** A grant is apt for a while, or when a service acts for somebody: then the encryption context pins it down. */
function grantFor(name: string, { authority, request }: Found): CreateGrant | undefined {
  const { encryptionContext = {}, newGrant, resourceAccount } = authority
  const { principal, conditionKeys } = request
  const operation = operationOf(request.action)
  if (operation === undefined) return undefined
  const pinned = operationsWithEncryptionContext.has(operation) && Object.keys(encryptionContext).length > 0
  const foreign = principal.kind !== 'service' && principal.account !== resourceAccount
  const source = conditionKeys.find('aws:sourcearn')
  if (!pinned && !foreign && conditionKeys.find('kms:viaservice') === undefined) return undefined
  // A service is granted nothing without the resource on whose behalf it comes.
  if (principal.kind === 'service' && typeof source !== 'string') return undefined
  const constraints = {
    ...newGrant?.constraints,
    ...(pinned && { encryptionContextEquals: encryptionContext }),
    ...(principal.kind === 'service' && typeof source === 'string' && { sourceArn: source }),
  }
  return {
    kind: 'create-grant',
    owner: ownerOf('grant', authority, request),
    layer: 'grant',
    ...(principal.kind === 'service' ? { granteeServicePrincipal: name } : { granteePrincipal: name }),
    operations: [operation, ...(newGrant?.operations ?? [])],
    ...(Object.keys(constraints).length > 0 && { constraints }),
  }
}

/**
 * Where a statement belongs: what the key's policy leaves to others, be it to the account or to the limits of a
 * role, is theirs to allow; everything else goes into the key's policy. A grant is never out of place, but is
 * offered only where it is apt.
 */
export function belongs(set: readonly Layer[], ways: readonly Way[], { authority }: Found): boolean {
  if (set.includes('grant')) return true
  const layer = resourceLayer(authority)
  const settled = ways.some(({ kind, lacks }) => kind !== 'grant' && !lacks.includes(layer))
  return !(settled && set.includes(layer))
}
