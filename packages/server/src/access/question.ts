import type { AccessRequest, Authority, Grant, Principal } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { rootArn } from '../identity/account.ts'
import { conditionKeysOf, type RequestKeys } from './condition-keys.ts'
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
export async function questionOf(need: Need, call: Call, catalog: Catalog): Promise<AccessQuestion> {
  const { principal, account } = call.caller
  const grants = need.key === undefined ? none : await catalog.grants(need.key, granteeNames(principal))
  const resourceAccount = need.key?.key.account ?? account
  return {
    authority: authorityOver(need, call, { resourceAccount, grants }),
    request: {
      principal,
      action: need.action,
      resource: need.resource,
      conditionKeys: conditionKeysOf({ call, key: need.key, facts: need.facts, resourceAccount }),
    },
    ...(need.retiring && { retiring: need.retiring }),
  }
}

const none: readonly Grant[] = []

function authorityOver(
  { action, key, facts }: Need,
  { caller }: Call,
  found: { readonly resourceAccount: string; readonly grants: readonly Grant[] },
): Authority {
  const { grant, encryptionContext } = facts
  return {
    ...found,
    ...(key === undefined ? {} : { keyPolicy: key.policy, keyManager: key.key.keyManager }),
    identityPolicies: caller.identityPolicies,
    ...(encryptionContext === undefined ? {} : { encryptionContext }),
    ...(grant === undefined ? {} : { newGrant: { ...grant, operations: grant.operations ?? [] } }),
    crossAccount: worksAcrossAccounts(action),
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
    case 'service':
      return [principal.service]
  }
}
