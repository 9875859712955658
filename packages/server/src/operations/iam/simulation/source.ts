import { matchesWildcard, type NamedPolicy, wildcard } from '@claviger/policy'
import type { Call } from '../../../call/call.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { groupsOf, heldPolicies, managedPolicy } from '../../../catalog/held-policies.ts'
import type { Entity } from '../../../identity/entity.ts'
import { awsAccount, defaultText, policyArn } from '../../../identity/managed-policy.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type { PolicyIdentifier } from '../../../protocol/models/iam.ts'
import { readEntity } from './simulated-caller.ts'
import type { SourcedPolicy } from './simulation.ts'

type SourceKind = 'user' | 'group' | 'role'

/** Whose policies are simulated. */
export interface Source {
  readonly kind: SourceKind
  readonly arn: string
  readonly entity: Entity & { readonly boundary?: string }
}

/** What a source brings into a simulation. */
export interface SimulatedSource {
  readonly arn: string
  readonly policies: readonly SourcedPolicy[]
  readonly boundary?: SourcedPolicy
  /** What the organization lets the account do at most, level by level; absent where it does not bind the account. */
  readonly serviceControlPolicies?: readonly (readonly NamedPolicy[])[]
}

/** The user, group or role of an ARN. */
export async function findSource(arn: string, { principals }: Catalog): Promise<Source | undefined> {
  const { kind } = readEntity(arn)
  const found = await principals.byArn(kind, arn)
  return found && { kind, arn, entity: found.value }
}

/** Requires that a source is of the caller's account, and there. @throws Refusal `InvalidInputException`, `NoSuchEntityException` */
export function requireSource(arn: string, source: Source | undefined, { caller }: Call): void {
  const { kind, account, name } = readEntity(arn)
  if (account !== caller.account) {
    throw new Refusal(
      'InvalidInputException',
      `Invalid Policy Source Arn: caller's account ${caller.account} does not have access to policies in account ${account}`,
    )
  }
  if (source !== undefined) return
  throw new Refusal('NoSuchEntityException', `The ${kind} with name ${name} cannot be found.`)
}

/** All policies of a source, a user's groups included, under the names that IAM gives them in simulations. */
export async function sourceOf(
  { kind, arn, entity }: Source,
  exclusions: readonly PolicyIdentifier[],
  catalog: Catalog,
): Promise<SimulatedSource> {
  const policies = await policiesOf(kind, entity, exclusions, catalog)
  for (const { value: group } of kind === 'user' ? await groupsOf(entity, catalog.store) : []) {
    policies.push(...(await policiesOf('group', group, exclusions, catalog)))
  }
  const { boundary: boundaryArn, account } = entity
  const serviceControlPolicies = await controlPoliciesOf(account, exclusions, catalog)
  const source = { arn, policies, ...(serviceControlPolicies && { serviceControlPolicies }) }
  const bounding =
    boundaryArn === undefined ? undefined : await managedPolicy(boundaryArn, account, catalog.store)
  const isExcluded = exclusions.some(({ PolicyType: type }) => type === 'permission-boundary')
  if (bounding === undefined || isExcluded) return source
  const text = defaultText(bounding.value)
  const form = catalog.policies.ofPrincipal(text, 'permissions-boundary')
  return { ...source, boundary: { name: bounding.value.name, text, form } }
}

/** Resource control policies have no part in simulations, on AWS neither. */
async function controlPoliciesOf(
  account: string,
  exclusions: readonly PolicyIdentifier[],
  { organizations }: Catalog,
): Promise<SimulatedSource['serviceControlPolicies']> {
  const place = await organizations.place(account)
  const isExcluded = exclusions.some(({ PolicyType: type }) => type === 'scp')
  if (place === undefined || place.isManagementAccount || isExcluded) return undefined
  return place.serviceControlPolicies?.map((level) =>
    level.filter(({ arn }) => !exclusions.some((one) => excludesArn(one, arn))),
  )
}

async function policiesOf(
  kind: SourceKind,
  entity: Entity,
  exclusions: readonly PolicyIdentifier[],
  catalog: Catalog,
): Promise<SourcedPolicy[]> {
  const { inline, managed } = await heldPolicies(entity, catalog.store)
  const sourced = (name: string, text: string): SourcedPolicy => ({
    name,
    text,
    form: catalog.policies.ofPrincipal(text, 'identity-policy'),
  })
  return [
    ...inline
      .filter(({ name }) => !exclusions.some((one) => excludesInline(one, kind, entity.name, name)))
      .map(({ name, text }) => sourced(`${kind}_${entity.name}_${name}`, text)),
    ...managed
      .filter((policy) => !exclusions.some((one) => excludesManaged(one, policy)))
      .map((policy) => sourced(policy.name, defaultText(policy))),
  ]
}

/** Identifiers of policies that are not there are ignored. */
function excludesInline(
  { PolicyType: type, InlinePolicyIdentifier: inline }: PolicyIdentifier,
  kind: SourceKind,
  owner: string,
  name: string,
): boolean {
  if (type === 'inline') return true
  if (inline === undefined || inline.PolicyName !== name || inline.AttachmentType !== kind) return false
  return matchesWildcard(wildcard(inline.AttachmentName), owner)
}

function excludesManaged(
  { PolicyType: type, PolicyArn: arn = '' }: PolicyIdentifier,
  policy: Parameters<typeof policyArn>[0],
): boolean {
  if (type === 'aws-managed') return policy.account === awsAccount
  if (type === 'user-managed') return policy.account !== awsAccount
  return excludesArn({ PolicyArn: arn }, policyArn(policy))
}

/** The name at the end of an identifier may have wildcards. */
function excludesArn({ PolicyArn: written }: PolicyIdentifier, arn: string | undefined): boolean {
  return written !== undefined && arn !== undefined && matchesWildcard(wildcard(written), arn)
}
