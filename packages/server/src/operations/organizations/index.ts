import type { AnyOperation } from '../operation.ts'
import { attachPolicy } from './attach-policy.ts'
import { closeAccount } from './close-account.ts'
import { createAccount } from './create-account.ts'
import { createOrganizationalUnit } from './create-organizational-unit.ts'
import { createPolicy } from './create-policy.ts'
import { deleteOrganizationalUnit } from './delete-organizational-unit.ts'
import { deletePolicy } from './delete-policy.ts'
import { describeAccount } from './describe-account.ts'
import { describeCreateAccountStatus } from './describe-create-account-status.ts'
import { describeEffectivePolicy } from './describe-effective-policy.ts'
import { describeOrganization } from './describe-organization.ts'
import { describeOrganizationalUnit } from './describe-organizational-unit.ts'
import { describePolicy } from './describe-policy.ts'
import { detachPolicy } from './detach-policy.ts'
import { disablePolicyType } from './disable-policy-type.ts'
import { enablePolicyType } from './enable-policy-type.ts'
import { listAccounts } from './list-accounts.ts'
import { listAccountsForParent } from './list-accounts-for-parent.ts'
import { listChildren } from './list-children.ts'
import { listCreateAccountStatus } from './list-create-account-status.ts'
import { listOrganizationalUnitsForParent } from './list-organizational-units-for-parent.ts'
import { listParents } from './list-parents.ts'
import { listPolicies } from './list-policies.ts'
import { listPoliciesForTarget } from './list-policies-for-target.ts'
import { listRoots } from './list-roots.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { listTargetsForPolicy } from './list-targets-for-policy.ts'
import { moveAccount } from './move-account.ts'
import { tagResource } from './tag-resource.ts'
import { untagResource } from './untag-resource.ts'
import { updateOrganizationalUnit } from './update-organizational-unit.ts'
import { updatePolicy } from './update-policy.ts'

/** The operations of AWS Organizations. To add one, write its file and its line here. */
export const organizationsOperations = [
  attachPolicy,
  closeAccount,
  createAccount,
  createOrganizationalUnit,
  createPolicy,
  deleteOrganizationalUnit,
  deletePolicy,
  describeAccount,
  describeCreateAccountStatus,
  describeEffectivePolicy,
  describeOrganization,
  describeOrganizationalUnit,
  describePolicy,
  detachPolicy,
  disablePolicyType,
  enablePolicyType,
  listAccountsForParent,
  listAccounts,
  listChildren,
  listCreateAccountStatus,
  listOrganizationalUnitsForParent,
  listParents,
  listPoliciesForTarget,
  listPolicies,
  listRoots,
  listTagsForResource,
  listTargetsForPolicy,
  moveAccount,
  tagResource,
  untagResource,
  updateOrganizationalUnit,
  updatePolicy,
] as unknown as readonly AnyOperation[]
