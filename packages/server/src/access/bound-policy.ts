import {
  type Policy,
  type PolicyKind,
  type PrincipalPattern,
  parsePolicy,
  principalsIn,
  showDeletedPrincipals,
} from '@claviger/policy'
import { invariant } from '../base/invariant.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { BoundPolicy } from '../identity/bound-policy.ts'
import { shownPrincipal } from './shown-principal.ts'

/** Who the users and roles that a policy names are today; or the first entry of it that is nobody here. */
export type Bindings =
  | { readonly ok: true; readonly bindings: BoundPolicy['bindings'] }
  | { readonly ok: false; readonly nobody: PrincipalPattern }

/** Binds what a policy names to who that is now. */
export async function bindingsOf(policy: Policy, catalog: Catalog): Promise<Bindings> {
  const bindings: Record<string, string> = {}
  for (const principal of principalsIn(policy)) {
    const found = await findBound(principal, catalog)
    if (found === undefined) return { ok: false, nobody: principal }
    if (found.uniqueId !== undefined) bindings[principal.written] = found.uniqueId
  }
  return { ok: true, bindings }
}

/** Who a principal is: a unique id for a user or role, nothing for kinds without; `undefined` for those that are nobody. */
async function findBound(
  principal: PrincipalPattern,
  { principals }: Catalog,
): Promise<{ readonly uniqueId?: string } | undefined> {
  switch (principal.kind) {
    case 'anyone':
    case 'service':
    // Whether an identity provider is there is seen when somebody comes from it.
    case 'federated':
      return {}
    case 'user':
    case 'role': {
      const uniqueId = await principals.uniqueIdOf(principal.written)
      return uniqueId === undefined ? undefined : { uniqueId }
    }
    case 'unique-id':
      return (await principals.hasUniqueId(principal.written)) ? {} : undefined
    case 'account':
    case 'assumed-role':
    case 'federated-user':
      return isHere(principal) &&
        principal.account !== undefined &&
        (await principals.hasAccount(principal.account))
        ? {}
        : undefined
  }
}

/** Accounts of other partitions are not here, whatever their digits. */
function isHere({ written }: PrincipalPattern): boolean {
  return !written.startsWith('arn:') || written.startsWith('arn:aws:')
}

/** A policy as a reader sees it: as written, but for principals that are gone, who show as their unique ids. */
export async function shownText(stored: BoundPolicy, kind: PolicyKind, catalog: Catalog): Promise<string> {
  const replacements: Record<string, string> = {}
  for (const [arn, uniqueId] of Object.entries(stored.bindings)) {
    const shown = await shownPrincipal(arn, uniqueId, catalog)
    if (shown !== arn) replacements[arn] = shown
  }
  if (Object.keys(replacements).length === 0) return stored.text
  const parsed = parsePolicy(stored.text, kind, stored.bindings)
  invariant(parsed.ok, 'a stored policy parses')
  return showDeletedPrincipals(stored.text, parsed.policy, replacements)
}
