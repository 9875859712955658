import { wayTo } from '../../catalog/account-place.ts'
import { type MemberAccount, memberOf, type Unit, unitOf } from '../../catalog/organization-targets.ts'
import {
  type AccountCreation,
  type Member,
  type Organization,
  rootName,
  targetArn,
} from '../../identity/organization.ts'
import { type OrganizationPolicy, organizationPolicyArn } from '../../identity/organization-policy.ts'
import type {
  Account,
  CreateAccountStatus,
  OrganizationalUnit,
  Policy,
  PolicySummary,
  Root,
} from '../../protocol/models/organizations.ts'
import type { Store } from '../../storage/store.ts'

/** Things of the organization as its API shows them. */

export function rootDetail(organization: Organization): Root {
  const { rootId, enabledTypes } = organization
  return {
    Id: rootId,
    Arn: targetArn('root', rootId, organization),
    Name: rootName,
    PolicyTypes: enabledTypes.map((Type) => ({ Type, Status: 'ENABLED' })),
  }
}

export async function unitDetail(
  { id, arn, name, parentId }: Unit,
  organization: Organization,
  store: Store,
): Promise<OrganizationalUnit> {
  return { Id: id, Arn: arn, Name: name, Path: await pathTo(id, parentId, organization, store) }
}

export async function accountDetail(
  { id, arn, name, parentId, stored, account }: MemberAccount,
  organization: Organization,
  store: Store,
): Promise<Account> {
  return {
    Id: id,
    Arn: arn,
    ...(account.email !== undefined && { Email: account.email }),
    Name: name,
    ...stateOf(stored.value),
    Paths: [await pathTo(id, parentId, organization, store)],
    JoinedMethod: stored.value.joinedMethod,
    JoinedTimestamp: new Date(account.createdAt),
  }
}

/** The older word is also that of accounts which AWS has suspended; who closed an account is told by the newer one. */
function stateOf({ closedAt }: Member): Pick<Account, 'Status' | 'State'> {
  return closedAt === undefined
    ? { Status: 'ACTIVE', State: 'ACTIVE' }
    : { Status: 'SUSPENDED', State: 'CLOSED' }
}

async function pathTo(
  id: string,
  parentId: string,
  organization: Organization,
  store: Store,
): Promise<string> {
  const way = await wayTo(parentId, organization, store)
  return `${[organization.organizationId, ...way, id].join('/')}/`
}

export function policySummary(policy: OrganizationPolicy, organization: Organization): PolicySummary {
  return {
    Id: policy.policyId,
    Arn: organizationPolicyArn(policy, organization),
    Name: policy.name,
    Description: policy.description,
    Type: policy.type,
    AwsManaged: policy.awsManaged === true,
  }
}

export function policyDetail(policy: OrganizationPolicy, organization: Organization): Policy {
  return { PolicySummary: policySummary(policy, organization), Content: policy.text }
}

/** An account is there when its request is answered; that it is takes a moment to show, as on AWS. */
const shownAfterMs = 1000

export function creationDetail(
  { requestId, accountName, requestedAt, accountId, failureReason }: AccountCreation,
  now: number,
): CreateAccountStatus {
  const asked = { Id: requestId, AccountName: accountName, RequestedTimestamp: new Date(requestedAt) }
  if (now < requestedAt + shownAfterMs) return { ...asked, State: 'IN_PROGRESS' }
  return {
    ...asked,
    State: failureReason === undefined ? 'SUCCEEDED' : 'FAILED',
    CompletedTimestamp: new Date(requestedAt + shownAfterMs),
    ...(accountId !== undefined && { AccountId: accountId }),
    ...(failureReason !== undefined && { FailureReason: failureReason }),
  }
}

/** Quotas keep these short. */
const everything = Number.MAX_SAFE_INTEGER

/** The units right below a root or unit. */
export async function unitsBelow(
  parentId: string,
  organization: Organization,
  store: Store,
): Promise<readonly Unit[]> {
  const units = await store.list('organizationalUnit', {
    index: 'parent',
    prefix: [parentId],
    limit: everything,
  })
  return units.map((unit) => unitOf(unit, organization))
}

/** The accounts right below a root or unit; without one, all accounts. */
export async function accountsBelow(
  parentId: string | undefined,
  organization: Organization,
  store: Store,
): Promise<readonly MemberAccount[]> {
  const members =
    parentId === undefined
      ? await store.list('member', { prefix: [], limit: everything })
      : await store.list('member', { index: 'parent', prefix: [parentId], limit: everything })
  return Promise.all(members.map((member) => memberOf(member, organization, store)))
}
