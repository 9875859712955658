import type { Chance } from '../../base/chance.ts'
import { type Account, rootArn } from '../../identity/account.ts'
import { awsAccount, policyArn } from '../../identity/managed-policy.ts'
import type { Organization } from '../../identity/organization.ts'
import { policyTypes } from '../../identity/organization-policy.ts'
import type { Role } from '../../identity/role.ts'
import { newLinkedRole } from '../../identity/service-linked-role.ts'
import type { Tag } from '../../identity/tags.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import type { Changes } from '../changes.ts'

interface NewAccount {
  readonly account: Account
  readonly roleName: string
  readonly tags: readonly Tag[]
  readonly organization: Organization
  readonly chance: Chance
}

/**
 * An account as AWS makes it: below the root, bound by nothing yet, with a role for the management account that may
 * do everything, and the role of Organizations itself. Its root user has no credentials, so the first is the way in.
 */
export function addAccount(
  { account, roleName, tags, organization, chance }: NewAccount,
  changes: Changes,
): void {
  const { accountId, createdAt } = account
  const { rootId: parentId, managementAccount, enabledTypes } = organization
  changes.add('account', account)
  changes.add('member', { accountId, parentId, joinedMethod: 'CREATED', tags })
  for (const type of enabledTypes) {
    const { policyId } = policyTypes[type].fullAccess
    changes.add('policyTarget', { targetId: accountId, policyId })
  }
  const role: Role = {
    account: accountId,
    uniqueId: newUniqueId('role', chance),
    name: roleName,
    path: '/',
    createdAt,
    trustPolicy: { text: trustPolicyOf(managementAccount), bindings: {} },
    maxSessionSeconds: 3600,
    tags: [],
  }
  changes.add('role', role)
  changes.add('attachment', { account: accountId, ownerId: role.uniqueId, policyArn: administratorAccess })
  const own = { account: accountId, service: 'organizations.amazonaws.com', createdAt }
  const { role: linked, attachment } = newLinkedRole(own, chance)
  changes.add('role', linked)
  if (attachment !== undefined) changes.add('attachment', attachment)
}

const administratorAccess = policyArn({ account: awsAccount, path: '/', name: 'AdministratorAccess' })

function trustPolicyOf(managementAccount: string): string {
  return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${rootArn(managementAccount)}"},"Action":"sts:AssumeRole"}]}`
}
