import {
  type AccessRequest,
  type Authority,
  type Grant,
  namesOfService,
  type Principal,
} from '@claviger/policy'
import type { Call } from '../call/call.ts'
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
export async function questionOf(need: Need, made: Call, catalog: Catalog): Promise<AccessQuestion> {
  const call = need.region === undefined ? made : { ...made, region: need.region }
  const { principal, account } = call.caller
  const grants = need.key === undefined ? none : await catalog.grants(need.key, granteeNames(principal))
  const resourceAccount = need.key?.key.account ?? need.role?.account ?? account
  const places = await placesOf(call, resourceAccount, catalog)
  const authority = { ...authorityOver(need, call, { resourceAccount, grants }), ...organizationOver(places) }
  return {
    authority: places.resourcePlace?.isClosed ? { ...authority, ...closedTo(need, catalog) } : authority,
    request: {
      principal,
      action: need.action,
      resource: need.resource,
      conditionKeys: conditionKeysOf({ call, key: need.key, facts: need.facts, resourceAccount, ...places }),
    },
    ...(need.retiring && { retiring: need.retiring }),
  }
}

const none: readonly Grant[] = []

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
async function placesOf(
  { caller, connection }: Call,
  resourceAccount: string,
  { organizations }: Catalog,
): Promise<Places> {
  const { account, source } = caller
  // A service is of no account.
  const callerPlace = account === '' ? undefined : await organizations.place(account)
  return {
    callerPlace,
    resourcePlace: resourceAccount === account ? callerPlace : await organizations.place(resourceAccount),
    ...(source?.account && { sourcePlace: await organizations.place(source.account) }),
    ...(connection.endpoint && { endpointPlace: await organizations.place(connection.endpoint.account) }),
  }
}

function authorityOver(
  { action, key, role, facts }: Need,
  { caller, connection: { endpoint } }: Call,
  found: { readonly resourceAccount: string; readonly grants: readonly Grant[] },
): Authority {
  const { grant, encryptionContext } = facts
  return {
    ...found,
    ...(key === undefined ? {} : { keyPolicy: key.policy, keyManager: key.key.keyManager }),
    ...(role === undefined ? {} : { trustPolicy: role.trustPolicy }),
    identityPolicies: caller.identityPolicies,
    ...(caller.boundary === undefined ? {} : { boundary: caller.boundary }),
    ...(caller.sessionPolicies === undefined ? {} : { sessionPolicies: caller.sessionPolicies }),
    ...(endpoint === undefined ? {} : { endpointPolicy: endpoint.policy }),
    ...(encryptionContext === undefined ? {} : { encryptionContext }),
    ...(grant === undefined ? {} : { newGrant: { ...grant, operations: grant.operations ?? [] } }),
    crossAccount: role !== undefined || worksAcrossAccounts(action),
  }
}

/**
 * What the organization has to say: to the caller where its account is, and to everyone where the owner's is. The
 * management account is outside of both, so there they are not asked, nor shown to whoever asks why.
 */
function organizationOver({ callerPlace, resourcePlace }: Places): Partial<Authority> {
  const callerIsManagementAccount = callerPlace?.isManagementAccount === true
  const resourceIsManagementAccount = resourcePlace?.isManagementAccount === true
  const serviceControlPolicies = callerIsManagementAccount ? undefined : callerPlace?.serviceControlPolicies
  const resourceControlPolicies = resourceIsManagementAccount
    ? undefined
    : resourcePlace?.resourceControlPolicies
  return {
    callerIsManagementAccount,
    resourceIsManagementAccount,
    ...(serviceControlPolicies && { serviceControlPolicies }),
    ...(resourceControlPolicies && { resourceControlPolicies }),
  }
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
