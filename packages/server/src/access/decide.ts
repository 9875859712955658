import {
  type Authority,
  type Authorization,
  authorize,
  authorizeRetirement,
  type Grant,
  type Principal,
} from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { rootArn } from '../identity/account.ts'
import { conditionKeysOf } from './condition-keys.ts'
import type { Need } from './need.ts'
import { worksAcrossAccounts } from './operation-facts.ts'

/** Asks everyone who has a say whether the caller may do one thing. The only way to an answer: there is no bypass. */
export async function decide(need: Need, call: Call, catalog: Catalog): Promise<Authorization> {
  const { principal, account } = call.caller
  const grants = need.key === undefined ? none : await catalog.grants(need.key, granteeNames(principal))
  const resourceAccount = need.key?.key.account ?? account
  const authority = authorityOver(need, call, { resourceAccount, grants })
  const request = {
    principal,
    action: need.action,
    resource: need.resource,
    conditionKeys: conditionKeysOf({ call, key: need.key, facts: need.facts, resourceAccount }),
  }
  return need.retiring === undefined
    ? authorize(authority, request)
    : authorizeRetirement(authority, request, need.retiring)
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
