import {
  type AccessRequest,
  type Authority,
  type Grant,
  namesOfService,
  type Principal,
} from '@claviger/policy'
import { type Soon, whenHere } from '../base/soon.ts'
import type { Call, Source } from '../call/call.ts'
import type { VpcEndpoint } from '../call/vpc-endpoint.ts'
import type { AccountPlace } from '../catalog/account-place.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { rootArn } from '../identity/account.ts'
import { conditionKeysOf, type Question, type RequestKeys } from './condition-keys.ts'
import type { Need } from './need.ts'
import { worksAcrossAccounts } from './operation-facts.ts'

/** Everything an answer follows from: asked again at any time, it is answered the same. */
export interface AccessQuestion {
  readonly authority: Authority
  readonly request: AccessRequest & { readonly conditionKeys: RequestKeys }
  /** For RetireGrant, whose answer is up to the grant itself and not to the key. */
  readonly retiring?: Grant
}

/** Puts one need of one call: who has a say about it as of now, and what the request says. */
export function questionOf(need: Need, made: Call, catalog: Catalog): Soon<AccessQuestion> {
  const call = need.region === undefined ? made : { ...made, region: need.region }
  const { principal, account } = call.caller
  const resourceAccount = need.key?.key.account ?? need.role?.account ?? account
  const asked = need.key === undefined ? none : catalog.grants(need.key, granteeNames(principal))
  return whenHere(asked, (grants) =>
    whenHere(placesOf(call, resourceAccount, catalog), (places) =>
      questionFrom(need, call, catalog, { resourceAccount, grants, places }),
    ),
  )
}

const none: readonly Grant[] = []

/** What is looked up for a question. */
interface Found {
  readonly resourceAccount: string
  readonly grants: readonly Grant[]
  readonly places: Places
}

function questionFrom(need: Need, call: Call, catalog: Catalog, found: Found): AccessQuestion {
  const { key, facts, action, resource, retiring } = need
  const { resourceAccount, places } = found
  const { callerPlace, resourcePlace, sourcePlace, endpointPlace } = places
  const conditionKeys = conditionKeysOf({
    call,
    key,
    facts,
    resourceAccount,
    callerPlace,
    resourcePlace,
    sourcePlace,
    endpointPlace,
  })
  const open = authorityOver(need, call, found)
  const authority = resourcePlace?.isClosed ? { ...open, ...closedTo(need, catalog) } : open
  const request = { principal: call.caller.principal, action, resource, conditionKeys }
  return retiring === undefined ? { authority, request } : { authority, request, retiring }
}

/** In place of what the keys and roles of a closed account have to say. */
const closedKey =
  '{"Version":"2012-10-17","Statement":[{"Sid":"AccountClosed","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]}'
const closedRole =
  '{"Version":"2012-10-17","Statement":[{"Sid":"AccountClosed","Effect":"Deny","Principal":"*","Action":"sts:*"}]}'

/** A closed account lets nobody in, whoever was let in by its policies and grants before. */
function closedTo({ key, role }: Need, { policies }: Catalog): Partial<Authority> {
  return {
    ...(key && { keyPolicy: policies.ofKey({ text: closedKey, bindings: {} }) }),
    ...(role && { trustPolicy: policies.ofRole({ text: closedRole, bindings: {} }) }),
  }
}

type Places = Pick<Question, 'callerPlace' | 'resourcePlace' | 'sourcePlace' | 'endpointPlace'>

/** Where in the organization everybody is who has to do with a call. */
function placesOf(call: Call, resourceAccount: string, catalog: Catalog): Soon<Places> {
  const { caller, connection } = call
  const { account, source } = caller
  const { organizations } = catalog
  // A service is of no account.
  const found = account === '' ? undefined : organizations.place(account)
  const isPlain = account === resourceAccount && source === undefined && connection.endpoint === undefined
  if (isPlain) return whenHere(found, (place) => ({ callerPlace: place, resourcePlace: place }))
  return manyPlaces(found, resourceAccount, { organizations, source, endpoint: connection.endpoint })
}

async function manyPlaces(
  callerPlace: Soon<AccountPlace | undefined>,
  resourceAccount: string,
  { organizations, source, endpoint }: Pick<Catalog, 'organizations'> & Elsewhere,
): Promise<Places> {
  return {
    callerPlace: await callerPlace,
    resourcePlace: await organizations.place(resourceAccount),
    ...(source?.account && { sourcePlace: await organizations.place(source.account) }),
    ...(endpoint && { endpointPlace: await organizations.place(endpoint.account) }),
  }
}

/** Whoever else has an account that policies may ask about. */
interface Elsewhere {
  readonly source: Source | undefined
  readonly endpoint: VpcEndpoint | undefined
}

/**
 * Who has a say. All members are always there, if only as `undefined`: an object of one form for every question is
 * much quicker to make, and to ask, than one that is put together anew each time.
 */
function authorityOver(
  { action, key, role, facts }: Need,
  { caller, connection: { endpoint } }: Call,
  { resourceAccount, grants, places }: Found,
): Authority {
  const { grant, encryptionContext } = facts
  return {
    resourceAccount,
    grants,
    keyPolicy: key?.policy,
    keyManager: key?.key.keyManager,
    trustPolicy: role?.trustPolicy,
    identityPolicies: caller.identityPolicies,
    boundary: caller.boundary,
    sessionPolicies: caller.sessionPolicies,
    endpointPolicy: endpoint?.policy,
    encryptionContext,
    newGrant: grant && { ...grant, operations: grant.operations ?? [] },
    crossAccount: role !== undefined || worksAcrossAccounts(action),
    ...organizationOver(places),
  }
}

/**
 * What the organization has to say: to the caller where its account is, and to everyone where the owner's is. The
 * management account is outside of both, so there they are not asked, nor shown to whoever asks why.
 */
function organizationOver({ callerPlace, resourcePlace }: Places) {
  const callerIsManagementAccount = callerPlace?.isManagementAccount === true
  const resourceIsManagementAccount = resourcePlace?.isManagementAccount === true
  return {
    callerIsManagementAccount,
    resourceIsManagementAccount,
    serviceControlPolicies: callerIsManagementAccount ? undefined : callerPlace?.serviceControlPolicies,
    resourceControlPolicies: resourceIsManagementAccount ? undefined : resourcePlace?.resourceControlPolicies,
  } satisfies Partial<Authority>
}

/** The names under which a grant may have been given to this principal, as the store's index knows them. */
function granteeNames(principal: Principal): readonly string[] {
  switch (principal.kind) {
    case 'root':
      return [principal.arn]
    case 'user':
      return [principal.uniqueId ?? principal.arn, rootArn(principal.account)]
    case 'assumed-role':
      return [principal.arn, principal.roleId ?? principal.roleArn, rootArn(principal.account)]
    case 'federated-user':
      return [principal.arn, rootArn(principal.account)]
    case 'web-identity':
      return []
    case 'service':
      return namesOfService(principal)
  }
}
