import type { NamedPolicy } from '@claviger/policy'
import { invariant } from '../base/invariant.ts'
import { type Organization, theOrganization } from '../identity/organization.ts'
import {
  findAwsPolicy,
  type OrganizationPolicy,
  type OrganizationPolicyType,
  organizationPolicyArn,
  policyTypes,
} from '../identity/organization-policy.ts'
import type { Store } from '../storage/store.ts'
import type { Policies } from './policies.ts'

/** Where an account is in the organization, and what of that decides about access. */
export interface AccountPlace {
  readonly organizationId: string
  /** `o-…/r-…/ou-…/`: the way to the account, without it. */
  readonly path: string
  readonly isManagementAccount: boolean
  readonly isClosed: boolean
  /** Level by level from the root to the account; absent while policies of the type are not enabled. */
  readonly serviceControlPolicies?: readonly (readonly NamedPolicy[])[]
  readonly resourceControlPolicies?: readonly (readonly NamedPolicy[])[]
}

interface Ground {
  readonly store: Store
  readonly policies: Policies
}

/** Reads where an account is; `undefined` for one that is not in the organization. */
export async function readPlace(accountId: string, ground: Ground): Promise<AccountPlace | undefined> {
  const organization = (await ground.store.find('organization', theOrganization))?.value
  const member = (await ground.store.find('member', [accountId]))?.value
  if (organization === undefined || member === undefined) return undefined
  const { organizationId, managementAccount } = organization
  const ways = await wayTo(member.parentId, organization, ground.store)
  const levels = await Promise.all([...ways, accountId].map((target) => policiesOf(target, ground.store)))
  const formsOf = (type: OrganizationPolicyType) =>
    organization.enabledTypes.includes(type)
      ? levels.map((level) => named(level, { type, organization, policies: ground.policies }))
      : undefined
  const serviceControlPolicies = formsOf('SERVICE_CONTROL_POLICY')
  const resourceControlPolicies = formsOf('RESOURCE_CONTROL_POLICY')
  return {
    organizationId,
    path: `${[organizationId, ...ways].join('/')}/`,
    isManagementAccount: accountId === managementAccount,
    isClosed: member.closedAt !== undefined,
    ...(serviceControlPolicies && { serviceControlPolicies }),
    ...(resourceControlPolicies && { resourceControlPolicies }),
  }
}

/** The root and the units above something, from the root on; ends with its parent. */
export async function wayTo(
  parentId: string,
  { rootId }: Pick<Organization, 'rootId'>,
  store: Store,
): Promise<readonly string[]> {
  const way = [parentId]
  for (let id = parentId; id !== rootId; ) {
    const unit = await store.find('organizationalUnit', [id])
    // Were a unit gone that something is in, policies would be missed that are to be obeyed.
    invariant(unit !== undefined, 'the units above an account are there')
    id = unit.value.parentId
    way.unshift(id)
  }
  return way
}

/** The policies that are attached to a root, unit or account, of all types. */
export async function policiesOf(targetId: string, store: Store): Promise<readonly OrganizationPolicy[]> {
  const targets = await store.list('policyTarget', { prefix: [targetId], limit: everything })
  return Promise.all(
    targets.map(async ({ value: { policyId } }) => {
      const policy = findAwsPolicy(policyId) ?? (await store.find('organizationPolicy', [policyId]))?.value
      invariant(policy !== undefined, 'a policy that is attached is there')
      return policy
    }),
  )
}

/** What is asked for authorization is asked whole; quotas keep it short. */
const everything = Number.MAX_SAFE_INTEGER

function named(
  level: readonly OrganizationPolicy[],
  {
    type,
    organization,
    policies,
  }: {
    readonly type: OrganizationPolicyType
    readonly organization: Organization
    readonly policies: Policies
  },
): readonly NamedPolicy[] {
  return level
    .filter((policy) => policy.type === type)
    .map((policy) => ({
      name: policy.name,
      arn: organizationPolicyArn(policy, organization),
      form: policies.ofPrincipal(policy.text, policyTypes[type].kind),
    }))
}
